/** What stands in a script, or in the login's environment, and would steer the job if sbatch were let: it is told, and not obeyed. */
import { message } from '../../../shared/messages/message.ts';
import type { ClusterFacts } from '../../../shared/domain/cluster/profile.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { optionName } from '../../../shared/domain/request/options.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { optionOfVariable } from '../../slurm/environment.ts';
import { foreignDirectives } from '../../slurm/foreignDirectives.ts';

/** More lines than a person would read. */
const MAX_LINES = 20;
/** Variables that people set as a default of theirs, for scripts that say nothing. The others only reshape what is there. */
const DEFAULTS = new Set(['account', 'partition', 'qos', 'time', 'reservation', 'constraint', 'wckey']);

/** Lines of other schedulers, outside of here-documents, each with what it would have meant where that is simple. */
export function foreignLines(script: string): Problem[] {
  return foreignDirectives(script)
    .slice(0, MAX_LINES)
    .map(({ line, text, scheduler, meant }) =>
      problem({
        rule: 'directive-foreign',
        code: ERRORS.SCRIPT_EDIT_INVALID.code,
        severity: 'warning',
        field: 'script',
        line,
        message: message('scripts.foreignDirective', { text: text.trim().slice(0, 120), scheduler }),
        hint:
          meant.length === 0
            ? message('scripts.setInForm')
            : message('scripts.wouldMean', { meant: meant.join(' ').slice(0, 200) }),
      }),
    );
}

/** Defaults of the person's login that the request leaves open: Slipway does not pass them on, so that the job is what the script says. */
export function unusedDefaults(asked: SlurmRequest, facts: Pick<ClusterFacts, 'overridingVariables'>): Problem[] {
  return facts.overridingVariables.flatMap((variable) => {
    const option = optionOfVariable(variable);
    if (!DEFAULTS.has(option) || asked[option] !== undefined) return [];
    return [
      problem({
        rule: 'login-default-unused',
        code: ERRORS.REQUEST_INVALID.code,
        severity: 'warning',
        field: `resources.${option}`,
        message: message('scripts.loginDefaultUnused', { variable }),
        hint: message('scripts.setOptionInForm', { option: optionName(option) }),
      }),
    ];
  });
}
