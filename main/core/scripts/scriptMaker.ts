import { message } from '../../../shared/messages/message.ts';
import { planRunFiles } from '../../../shared/domain/template/fileSlots.ts';
import type { ClusterFacts, ClusterUsage } from '../../../shared/domain/cluster/profile.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { imageProblems } from '../../../shared/domain/image/checks.ts';
import { checkLimits } from '../../../shared/domain/limits/check.ts';
import { checkParameterLimits, withFieldLimits } from '../../../shared/domain/template/parameterLimit.ts';
import { withSlurmRules } from '../../../shared/domain/template/slurmRules.ts';
import { resolveParameters } from '../../../shared/domain/template/parameterForm.ts';
import { parameterVariable } from '../../../shared/domain/template/parameters.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import type { ParameterValues, Template } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { finallyLines, signalLines } from '../../slurm/endOfJob.ts';
import { runProtocolLines } from '../../slurm/runProtocol.ts';
import type { ScriptMaker } from '../services.ts';
import { writeDirectives } from './directives.ts';
import { batchSignal } from '../../../shared/domain/request/batchSignal.ts';
import { effectiveRequest } from '../../../shared/domain/request/effectiveRequest.ts';
import { writeEnvironment, writeFileLinks, writeModules } from './environment.ts';
import { excludedOptions, replacedByChoice } from './exclusions.ts';
import { generateFiles } from './generatedFiles.ts';
import { withHandEdits } from './handEdits.ts';
import { END_OF_CONTAINER, writeContainerSection } from './containerSection.ts';
import { gpuFlags } from './gpuFlags.ts';
import { writeImage } from './image.ts';
import { imageUse } from './imageUse.ts';
import { foreignLines, unusedDefaults } from './notObeyed.ts';
import { priceOf } from './price.ts';
import { createScriptText } from './scriptText.ts';
import { sectionLines } from './sections.ts';
import { wrapParts } from './wrapImage.ts';

/** Stands where the run id will be, in a script that is not submitted. */
export const PREVIEW_RUN_ID = 'PREVIEW';

const runIdLine = (runId: string): string => `export SLIPWAY_RUN_ID=${runId}`;

const UNCHECKED: Problem = problem({
  rule: 'limits-unchecked',
  code: ERRORS.NOT_CONNECTED.code,
  severity: 'info',
  message: message('scripts.limitsUnchecked'),
  hint: message('scripts.connectOnce'),
});

/** What of the fields and of the request is over a limit. */
function limitProblems(
  template: Template,
  draft: Draft,
  values: ParameterValues,
  asked: SlurmRequest,
  facts: ClusterFacts,
  usage: ClusterUsage | null,
  now: number,
): Problem[] {
  return withFieldLimits(checkLimits(asked, facts, usage, now), checkParameterLimits(template, values, asked, facts), {
    ...template.slurm,
    ...draft.resources,
  });
}

/**
 * Makes scripts out of a template and a draft. Sections: directives, environment, run protocol, container, input files, modules,
 * finally, signal, pre, main, post.
 *
 * - The job's exit code is that of `main_exec`; where that succeeded, `post_exec`'s. Post runs only after a main that succeeded: what
 *   templates do there (copy results, remove inputs) is wrong after a failure, and must not hide it.
 * - `finally_exec` runs after all, whatever they came to, and where `pre_exec` or anything behind it ended the job; `main_exec` runs behind a `wait`
 *   where the request has a signal sent to the script (`--signal=B:…`); see endOfJob.ts.
 * - `pre_exec` ends the job only by its own `exit` or `set -e`, as in a script written by hand.
 * - What a person typed stands in quoted assignments only; see environment.ts and image.ts.
 *
 * - What a person edited by hand is merged in at last; see handEdits.ts. The run id takes its place only after that, since it is not
 *   known while somebody edits.
 *
 * `now` (epoch ms) decides only about problems, such as a maintenance ahead: the script is the same at any time.
 */
export function createScriptMaker(now: () => number = Date.now): ScriptMaker {
  const protocol = runProtocolLines();

  return {
    make: ({ template: written, draft, profile, facts, usage = null, image = null, earlierImage = null, runId }) => {
      const { values, problems } = resolveParameters(written, draft.parameters);
      const template = withSlurmRules(written, values);
      const files = planRunFiles(template, draft.files);
      const request = effectiveRequest(template, draft.resources, values);
      const script = createScriptText();

      script.keep('#!/bin/bash');
      const directives = writeDirectives(script, template, draft, request);
      problems.push(...directives.problems, ...replacedByChoice(template.slurm, draft.resources));

      script.section('Environment');
      script.keep(runIdLine(PREVIEW_RUN_ID));
      script.keep('export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"');
      writeEnvironment(script, template, values, files);
      const { chosen, problems: ofImage } = writeImage(script, template, draft, request.partition ?? null, image);
      problems.push(...ofImage);
      // srun of Slurm 22.05 to 23.02 does not take it from the job. Source: srun(1), --cpus-per-task.
      if (directives.accepted.cpus_per_task !== undefined)
        script.add('export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"', 'resources.cpus_per_task');

      const protocolLines = script.ownSection('Run protocol', 'run-protocol');
      script.keep(protocol.begin);
      script.add('cd "$SLIPWAY_RUN_DIR" || exit 1');
      protocolLines.end();

      const isWrapped = chosen !== null && chosen.start.kind !== 'own' && chosen.start.kind !== 'none';
      if (chosen !== null)
        writeContainerSection(script, {
          rule: template.image,
          wrapped: isWrapped,
          expected: chosen.expected,
          paths: template.parameters.flatMap(({ name, type }) => (type === 'path' ? [parameterVariable(name)] : [])),
        });
      writeFileLinks(script, files);
      problems.push(...writeModules(script, template, values));

      const pre = sectionLines(template, 'preExec');
      const main = sectionLines(template, 'mainExec');
      const post = sectionLines(template, 'postExec');
      const last = sectionLines(template, 'finallyExec');
      const onSignal = sectionLines(template, 'onSignal');
      const own = { pre: pre.lines, main: main.lines, post: post.lines, last: last.lines };
      const start = chosen?.start ?? null;
      // the interpreter that the main part names runs it, where the image has one
      const isHeeded = start?.kind === 'script' && start.interpreter !== 'bash';
      problems.push(
        ...pre.problems,
        ...main.problems.filter(({ rule }) => !isHeeded || rule !== 'section-interpreter'),
        ...post.problems,
        ...last.problems,
        ...onSignal.problems,
      );
      const parts =
        start === null || start.kind === 'own' || start.kind === 'none'
          ? own
          : wrapParts(
              own,
              start,
              template.image.inside ?? ['main_exec'],
              gpuFlags(template.image.gpu, directives.accepted, image, facts),
            );
      const endOfContainer = chosen === null ? [] : END_OF_CONTAINER;
      const hasLast = parts.last.length > 0;
      if (hasLast) {
        script.section('Finally');
        script.add(finallyLines(parts.last, endOfContainer));
      }
      const signal = batchSignal(directives.accepted['signal']);
      const heard = signal === null ? null : signalLines(signal, onSignal.lines.length === 0 ? null : onSignal.lines);
      if (heard !== null) {
        script.section('Signal');
        script.add(heard.define, 'resources.signal');
      }
      if (parts.pre.length > 0) {
        script.section('Pre');
        script.add(parts.pre);
      }
      script.section('Main');
      // the blank line ends a last line that ends in a backslash
      script.add(
        heard === null ? [...parts.main, '', 'slipway_status=$?'] : [...heard.begin, ...parts.main, ...heard.end],
      );
      if (parts.post.length > 0) {
        script.section('Post');
        script.add(['[ "$slipway_status" -eq 0 ] || exit "$slipway_status"', ...parts.post, '', 'slipway_status=$?']);
      }
      script.section('End');
      if (hasLast) script.add(['slipway_finish "$slipway_status"', 'exit "$slipway_status"']);
      else script.add([...endOfContainer, '(exit "$slipway_status")', ...protocol.end, 'exit "$slipway_status"']);

      const generated = generateFiles(template, values);
      const edited = withHandEdits(script.finish(), generated.files, draft.edits ?? [], template.parameters);
      // an edited script is asked what it asks for: it need not be what the form says
      const asked = edited.request ?? directives.accepted;
      const price = priceOf(asked, profile, facts);
      const limits = facts === null ? [UNCHECKED] : limitProblems(template, draft, values, asked, facts, usage, now());
      if (chosen !== null)
        problems.push(
          ...imageUse(edited.text, chosen),
          ...imageProblems(
            {
              path: chosen.path,
              known: image,
              earlier: earlierImage,
              script: edited.text,
              isOneComputer: profile.kind === 'demo',
            },
            asked,
            facts,
          ),
        );
      problems.push(...foreignLines(edited.text), ...(facts === null ? [] : unusedDefaults(asked, facts)));
      problems.push(
        ...generated.problems,
        ...edited.problems,
        ...[...excludedOptions(asked), ...limits, ...price.problems].flatMap((each) => edited.place(each)),
      );
      return {
        text:
          runId === null
            ? edited.text
            : edited.text.replace(`\n${runIdLine(PREVIEW_RUN_ID)}\n`, `\n${runIdLine(runId)}\n`),
        spans: edited.spans,
        folds: edited.folds,
        files: edited.files,
        ...(edited.edited.length === 0 ? {} : { edited: edited.edited }),
        problems,
        // the price of a request without the value that cannot be used would be that of another job
        cost:
          edited.isUnusable ||
          (edited.request === null && directives.problems.some(({ rule }) => rule === 'slurm-value-invalid'))
            ? null
            : price.cost,
        asked,
      };
    },
  };
}
