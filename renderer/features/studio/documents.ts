/** The template texts that are open: what is on disk, what is being written, and what the core says of it. */
import { create } from 'zustand';
import type { TemplateDetail } from '../../../shared/contract/templates.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { TemplateSource, Template } from '../../../shared/domain/template.ts';
import type { AppError } from '../../../shared/errors/appError.ts';
import { appErrorOf } from '../../client/clusters.ts';
import { client } from '../../client/index.ts';
import { templateKey } from '../templates/index.ts';

export interface StudioDocument {
  key: string;
  detail: TemplateDetail;
  text: string;
  /** The template of the text, or of the last text that was one. */
  template: Template;
  problems: readonly Problem[];
}

interface Documents {
  open: Readonly<Record<string, StudioDocument>>;
  /** Why a template could not be opened. */
  errors: Readonly<Record<string, AppError>>;
}

export const useDocuments = create<Documents>(() => ({ open: {}, errors: {} }));

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** Opens a template, or reads it again. */
export async function openDocument(source: TemplateSource, id: string): Promise<void> {
  const key = templateKey({ source, id });
  try {
    const detail = await client.call('templates.get', { id, source });
    const opened: StudioDocument = { key, detail, text: detail.text, template: detail.template, problems: detail.problems };
    useDocuments.setState(({ open, errors }) => ({ open: { ...open, [key]: opened }, errors: without(errors, key) }));
  } catch (error) {
    useDocuments.setState(({ errors }) => ({ errors: { ...errors, [key]: appErrorOf(error) } }));
  }
}
