import { t } from '../../i18n/index.ts';
import { TextField } from '../../ui/index.ts';
import { useChangeDraft, useFieldProblem, useFormSession } from './formSessionContext.ts';
import { ResetButton } from './ResetButton.tsx';

/** What the job is called. */
export function NameField() {
  const value = useFormSession((session) => session.draft.jobName);
  const problem = useFieldProblem('jobName');
  const changeDraft = useChangeDraft();
  return (
    <TextField
      label={t('launch.name')}
      name="jobName"
      testId="job-name"
      required
      value={value}
      onChange={(jobName) => changeDraft((draft) => ({ ...draft, jobName }))}
      problem={problem}
      aside={<ResetButton field="jobName" label={t('launch.name')} />}
    />
  );
}
