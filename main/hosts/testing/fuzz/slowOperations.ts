import type { OperationName } from '../../../../shared/contract/index.ts';

/** Operations that wait for something else than this computer, and for what: those are given up by their caller, and must end then. */
export const WAITS: Partial<Record<OperationName, string>> = {
  'clusters.connect': 'the server, and the person who answers its questions',
  'clusters.disconnect': 'the connection to be closed in good order',
  'clusters.save': 'the connection to be closed that the old values made',
  'clusters.remove': 'the connection to be closed',
  'clusters.test': 'every step of a connection',
  'clusters.facts': 'scontrol, sinfo and sacctmgr',
  'clusters.usage': 'squeue and sinfo',
  'clusters.modules': 'the module command',
  'images.list': 'the folders of images on the cluster',
  'images.scan': 'the folders of images on the cluster',
  'images.inspect': 'the apptainer of the cluster',
  'images.digest': 'the hash of an image on the cluster',
  'scripts.testOnly': 'sbatch',
  'scripts.startVariants': 'sbatch, once for each variant',
  'jobs.submit': 'the upload and sbatch',
  'jobs.resume': 'the upload and sbatch',
  'jobs.cancel': 'scancel',
  'jobs.refresh': 'squeue and sacct',
  'jobs.readLog': 'the file on the cluster',
  'jobs.explain': 'the file on the cluster',
  'jobs.followLog': 'the file on the cluster',
  'templates.sync': 'the community folders on clusters',
  'templates.publish': 'the community folder on a cluster',
};
