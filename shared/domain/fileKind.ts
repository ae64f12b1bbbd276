import type { FileSlot } from './template.ts';

const KINDS: readonly [FileSlot['type'], readonly string[]][] = [
  ['code', ['py', 'r', 'jl', 'm', 'sh', 'bash', 'c', 'cc', 'cpp', 'cu', 'f', 'f90', 'f95', 'h', 'hpp', 'java', 'js', 'pl', 'rb', 'ipynb', 'lua', 'tcl', 'jou', 'mac']],
  ['config', ['yaml', 'yml', 'json', 'toml', 'ini', 'cfg', 'conf', 'mdp', 'in', 'inp', 'xml', 'namd', 'properties', 'env']],
  ['model', ['pth', 'pt', 'ckpt', 'onnx', 'safetensors', 'h5', 'keras', 'pb', 'tflite', 'gguf', 'joblib']],
  [
    'data',
    ['csv', 'tsv', 'dat', 'txt', 'parquet', 'feather', 'npy', 'npz', 'hdf5', 'nc', 'tar', 'gz', 'tgz', 'zip', 'xz', 'zst', 'bz2', '7z', 'gro', 'top', 'itp', 'pdb', 'psf', 'prm', 'par', 'str', 'coor', 'vel', 'xsc', 'restart', 'cas', 'cdb', 'db', 'dcd', 'xtc', 'trr', 'tpr', 'vtk', 'vtu', 'stl', 'msh', 'png', 'jpg', 'jpeg', 'tif', 'tiff', 'log', 'out'],
  ],
];

/** What a file most likely is, from its name alone: shown where no slot of the template says it. It has no effect on the job. */
export function classifyFile(name: string): FileSlot['type'] {
  if (/^(?:makefile|gnumakefile|cmakelists\.txt|dockerfile|snakefile|apptainer|singularity)$/i.test(name)) return 'code';
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return 'other';
  return KINDS.find(([, endings]) => endings.includes(ending))?.[0] ?? 'other';
}
