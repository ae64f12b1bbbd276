import { changeDraft, formSessionOf } from '../form/session/index.ts';
import { generatedText, withEdit } from './editedText.ts';

/** Takes a person's text. It is kept with what the form makes now, so that what the form makes later can be merged in. */
export function editByHand(key: string, file: string | null, text: string): void {
  const session = formSessionOf(key);
  const made = session && generatedText(session, file);
  if (made) changeDraft(key, (draft) => withEdit(draft, { file, base: made.generated, mine: text }));
}
