import { placeholderNames } from '../../../shared/domain/template/parameters.ts';
import { useClusters } from '../../stores/clusters.ts';
import { resourceText, withResource } from './session/draft.ts';
import { ResetButton } from './ResetButton.tsx';
import { ruleInWords } from './ruleInWords.ts';
import { labelOf } from './resourceLabels.ts';
import { useChangeDraft, useFieldProblem, useFormSession } from './formSessionContext.ts';

/** One resource of the form: its value, what the cluster says, and what every field of it has. */
export function useResource(key: string) {
  const field = `resources.${key}`;
  const template = useFormSession((session) => session.detail.template);
  const value = useFormSession((session) => resourceText(template, session.draft, key));
  const clusterId = useFormSession((session) => session.draft.clusterId);
  const facts = useClusters((store) => store.facts[clusterId] ?? null);
  const usage = useClusters((store) => store.usages[clusterId] ?? null);
  const problem = useFieldProblem(field);
  const changeDraft = useChangeDraft();
  const label = labelOf(key);
  const why = useFormSession(({ draft }) => ruleInWords(template, draft, key));
  return {
    value,
    template,
    facts,
    usage,
    change: (text: string): void => changeDraft((draft) => withResource(template, draft, key, text)),
    shared: {
      label,
      name: field,
      problem,
      ...(why === null ? {} : { help: why }),
      aside: <ResetButton field={field} label={label} />,
    },
    /** The template takes this value from its own fields. */
    followed: placeholderNames(value),
  };
}
