import { useMemo } from 'react';
import { resolveParameters } from '../../../shared/domain/template/parameterForm.ts';
import { resolvePlaceholders } from '../../../shared/domain/template/parameters.ts';
import { t } from '../../i18n/index.ts';
import { Button, ProblemLine } from '../../ui/index.ts';
import { focusField } from './focusField.ts';
import { useFormSession } from './formSessionContext.ts';
import { useResource } from './useResource.tsx';

/** A value that the template takes from parameters: it stands there as it comes out, leads to them, and can be set by hand. */
export function FollowingField({
  resource,
  names,
  onSet,
}: {
  resource: string;
  names: readonly string[];
  onSet: (present: string) => void;
}) {
  const { shared, template, value } = useResource(resource);
  const parameters = useFormSession((session) => session.draft.parameters);
  const present = useMemo(
    () => resolvePlaceholders(value, resolveParameters(template, parameters).values).text,
    [value, template, parameters],
  );
  const [first] = names;
  const label = (name: string): string =>
    template.parameters.find((parameter) => parameter.name === name)?.label ?? name;
  return (
    <div className="field" data-field={shared.name} role="group" aria-label={shared.label}>
      <div className="field-heading">
        <span className="field-label">{shared.label}</span>
      </div>
      <div className="form-following">
        <span className="mono truncate" title={present}>
          {present}
        </span>
        <Button variant="quiet" size="dense" onPress={() => onSet(present)}>
          {t('launch.resources.setByHand')}
        </Button>
      </div>
      {shared.problem ? (
        <ProblemLine problem={shared.problem} />
      ) : (
        <button
          type="button"
          className="form-follows field-help"
          onClick={() => first !== undefined && focusField(`parameters.${first}`)}
        >
          {t('launch.resources.follows', { names: names.map(label).join(', ') })}
        </button>
      )}
    </div>
  );
}
