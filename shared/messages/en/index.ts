import batchConnect from './batchConnect.ts';
import clusters from './clusters.ts';
import commandLine from './commandLine.ts';
import complaints from './complaints.ts';
import connection from './connection.ts';
import demo from './demo.ts';
import diagnosis from './diagnosis.ts';
import dialogs from './dialogs.ts';
import ends from './ends.ts';
import errors from './errors.ts';
import events from './events.ts';
import facts from './facts.ts';
import files from './files.ts';
import fit from './fit.ts';
import format from './format.ts';
import images from './images.ts';
import imports from './imports.ts';
import imageRule from './imageRule.ts';
import jobs from './jobs.ts';
import keys from './keys.ts';
import library from './library.ts';
import limits from './limits.ts';
import localFiles from './localFiles.ts';
import login from './login.ts';
import notifications from './notifications.ts';
import openComposer from './openComposer.ts';
import options from './options.ts';
import pageErrors from './pageErrors.ts';
import parameters from './parameters.ts';
import places from './places.ts';
import program from './program.ts';
import rejection from './rejection.ts';
import remoteFiles from './remoteFiles.ts';
import said from './said.ts';
import scripts from './scripts.ts';
import sshConfig from './sshConfig.ts';
import store from './store.ts';
import system from './system.ts';
import waiting from './waiting.ts';
import templateKeys from './templateKeys.ts';
import words from './words.ts';

/** Every sentence in English, by feature: what a message’s id names. Placeholders are `{{name}}`; `_one` and `_other` go by `count`. */
export default {
  batchConnect,
  clusters,
  commandLine,
  complaints,
  connection,
  demo,
  diagnosis,
  dialogs,
  ends,
  errors: { ...pageErrors, ...errors },
  events,
  facts,
  files,
  fit,
  format,
  images,
  imports,
  imageRule,
  jobs,
  keys,
  library,
  limits,
  localFiles,
  login,
  notifications,
  openComposer,
  options,
  parameters,
  places,
  program,
  rejection,
  remoteFiles,
  said,
  scripts,
  sshConfig,
  store,
  system,
  waiting,
  templateKeys,
  words,
} as const;
