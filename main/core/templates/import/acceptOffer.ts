import { isMap, isScalar, isSeq, type Document } from 'yaml';
import { fileVariable } from '../../../../shared/domain/template/fileSlots.ts';
import { parameterVariable } from '../../../../shared/domain/template/parameters.ts';
import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import type { ParameterOffer } from '../../../../shared/domain/template/studio.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { message, type Message } from '../../../../shared/messages/message.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { readYamlDocument } from '../format/yamlDocument.ts';
import { freeName, printTemplate } from './importedTemplate.ts';
import { offerKind, placeOf, valueWithin } from './offers.ts';
import { shellWords } from '../../../slurm/shellWords.ts';

const SECTION = ['script', 'main_exec'];

/**
 * Makes a literal value of the script a field of the form, with the same value as its default: a parameter, a file slot or the image
 * rule. In the script a quoted variable takes the value's place, so that the job stays the same until the field is changed. Several
 * offers can be accepted one after the other. INPUT_INVALID when the value does not stand there any more.
 */
export function acceptOffer(
  text: string,
  offer: ParameterOffer,
): { text: string; template: Template | null; problems: Problem[] } {
  const document = readYamlDocument(text);
  const script = document?.getIn(SECTION, true);
  const before = parseTemplate(text, 'template.yaml').template;
  if (
    document === null ||
    before === null ||
    !isScalar(script) ||
    typeof script.value !== 'string' ||
    !isMap(document.contents)
  )
    throw refused(message('library.mendFirst'));

  const kind =
    isAssignment(script.value, offer) &&
    offerKind(offer.value) !== 'path' &&
    !/^(?:integer|number)$/.test(offerKind(offer.value))
      ? 'text'
      : offerKind(offer.value);
  const taken = [...before.parameters, ...before.files].map(({ name }) => name);
  const name = freeName(offer.name, taken);
  const variable =
    kind === 'image' ? 'APPTAINER_IMAGE' : kind === 'file' ? fileVariable(name) : parameterVariable(name);
  script.value = replaced(script.value, offer, `"$${variable}"`);

  if (kind === 'image') {
    if (before.image.mode !== 'none') throw refused(message('library.hasImage'));
    document.set(
      'apptainer',
      document.createNode({ image_name: offer.value.replace(/^.*\//, ''), user_selectable: true }),
    );
  } else if (kind === 'file') addSlot(document, name, offer);
  else
    addParameter(document, name, {
      label: offer.label,
      type: kind,
      default: kind === 'integer' || kind === 'number' ? Number(offer.value) : offer.value,
    });

  const changed = printTemplate(document);
  return { text: changed, ...parseTemplate(changed, 'template.yaml') };
}

const refused = (reason: Message): AppError =>
  new AppError('INPUT_INVALID', { details: { reason }, hint: message('library.importAgain') });

function wordsAt(script: string, offer: ParameterOffer) {
  const places = new Set(offer.where.split(' '));
  const words = (shellWords(script)?.words ?? []).filter((word) => places.has(placeOf(word)));
  if (words.length !== places.size || words.some((word) => valueWithin(word)?.value !== offer.value))
    throw refused(message('library.noLongerThere', { value: offer.value }));
  return words;
}

function isAssignment(script: string, offer: ParameterOffer): boolean {
  return wordsAt(script, offer).some((word) => /^[A-Za-z_]\w*=/.test(word.raw));
}

function replaced(script: string, offer: ParameterOffer, variable: string): string {
  const lines = script.split('\n');
  // from the right, so that columns stay right
  for (const word of wordsAt(script, offer).reverse()) {
    const line = lines[word.line] ?? '';
    lines[word.line] =
      `${line.slice(0, word.start)}${valueWithin(word)?.before ?? ''}${variable}${line.slice(word.end)}`;
  }
  return lines.join('\n');
}

function addParameter(document: Document, name: string, rest: Record<string, unknown>): void {
  const parameters = document.get('parameters', true);
  if (isMap(parameters)) parameters.set(name, document.createNode(rest));
  else if (isSeq(parameters)) parameters.add(document.createNode({ name, ...rest }));
  else document.set('parameters', document.createNode([{ name, ...rest }]));
}

function addSlot(document: Document, name: string, offer: ParameterOffer): void {
  const slot = { name, pattern: `*${offer.value.replace(/^.*(?=\.)/, '')}`, description: `In place of ${offer.value}` };
  const path = ['files', 'input_schema', 'required'];
  if (isSeq(document.getIn(path, true))) document.addIn(path, document.createNode(slot));
  else document.setIn(path, document.createNode([slot]));
}
