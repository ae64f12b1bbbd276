import { create } from 'zustand';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import { splitField } from './session/draft.ts';

/** The folds of the form, and the part of the page that is drawn where there is no room for both. */
interface FormView {
  isAdvancedOpen: boolean;
  areAdvancedParametersOpen: boolean;
  narrowTab: 'form' | 'script';
  /** The place in the edited texts that is to be shown; a new object each time. */
  place: ScriptPlace | null;
  /** What the text of `place` is to become: it is taken in where it is edited. */
  mended: string | null;
}

/** `file` null: the script. `line` from 1; null for the text as a whole. */
export interface ScriptPlace {
  file: string | null;
  line: number | null;
}

export const useFormView = create<FormView>(() => ({
  isAdvancedOpen: false,
  areAdvancedParametersOpen: false,
  narrowTab: 'form',
  place: null,
  mended: null,
}));

/** The control itself before the buttons around it (reset, browse, remove). */
const CONTROL = '.input-box :is(input, textarea), .select-button, input[type="checkbox"]';
const FOCUSABLE = 'button:not([tabindex="-1"]), [tabindex="0"]';

/** Ways of asking for memory, of which sbatch takes one. */
export const MEMORY_OPTIONS = ['mem', 'mem_per_cpu', 'mem_per_gpu'] as const;
export type MemoryOption = (typeof MEMORY_OPTIONS)[number];

/** Resources that are always in sight; the others fold away. */
export const PLAIN_RESOURCES: readonly string[] = [
  'partition',
  'nodes',
  'ntasks',
  'cpus_per_task',
  ...MEMORY_OPTIONS,
  'time',
  'gres',
];

/** Puts the focus into a form field, unfolding what hides it. A field that is not drawn leaves the focus where it is. */
export function focusField(field: string): void {
  const [section, name = ''] = splitField(field);
  useFormView.setState((view) => ({
    narrowTab: 'form',
    isAdvancedOpen: view.isAdvancedOpen || (section === 'resources' && !PLAIN_RESOURCES.includes(name)),
    areAdvancedParametersOpen: view.areAdvancedParametersOpen || section === 'parameters',
  }));
  // after the unfolded part has been drawn
  requestAnimationFrame(() => {
    const box = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`);
    box?.scrollIntoView({ block: 'nearest' });
    (box?.querySelector<HTMLElement>(CONTROL) ?? box?.querySelector<HTMLElement>(FOCUSABLE))?.focus();
  });
}

/** Goes to what a problem is about: a form field, or a line of a text that was edited by hand. */
export function showProblem({ field, file, line }: Pick<Problem, 'field' | 'file' | 'line'>): void {
  if (field === 'script') useFormView.setState({ narrowTab: 'script', place: { file, line }, mended: null });
  else if (field !== null) focusField(field);
}
