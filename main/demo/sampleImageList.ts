/** What the demo's images say of themselves: what an image of a site says, so that everything about images can be tried without a cluster. */

export interface SampleImage {
  readonly folder: 'compute' | 'viz';
  readonly name: string;
  /** An id per image, fixed so that the files are the same everywhere. */
  readonly id: number;
  readonly version: string;
  readonly description: string;
  /** Where `From:` of its definition leads. */
  readonly from: string;
  /** Lines of `%post`. */
  readonly post: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Lines of the file that Apptainer writes for an image that was built from OCI, and of the image's own. */
  readonly ociEnvironment?: readonly string[];
  readonly environment?: readonly string[];
  readonly apps: Readonly<Record<string, string>>;
  readonly test?: string;
  readonly architecture?: 'arm64';
  /** The fingerprint of the key that signed it. */
  readonly signedBy?: string;
  /** `oci`: an OCI-SIF. `inside`: as older builders wrote it, with its metadata in the file system alone. */
  readonly form?: 'oci' | 'inside';
}

/** As the variables of OCI images are written down: `docker` images are built so. */
const kept = (name: string, value: string): string => `export ${name}="\${${name}:-"${value}"}"`;

const CUDA_ENVIRONMENT = [
  kept('CUDA_VERSION', '12.4.1'),
  kept('NVIDIA_VISIBLE_DEVICES', 'all'),
  kept('NVIDIA_DRIVER_CAPABILITIES', 'compute,utility'),
  kept('NVIDIA_REQUIRE_CUDA', 'cuda>=12.4 brand=tesla,driver>=470,driver<471'),
  kept('LD_LIBRARY_PATH', '/usr/local/nvidia/lib:/usr/local/nvidia/lib64'),
];

export const SAMPLE_IMAGES: readonly SampleImage[] = [
  {
    folder: 'compute',
    name: 'python-3.12.sif',
    id: 1,
    version: '3.12',
    description: 'Python with the scientific libraries',
    from: 'python:3.12-slim',
    post: ['pip install numpy scipy pandas matplotlib'],
    apps: { python: 'Python 3.12 with NumPy, SciPy, pandas and Matplotlib' },
    environment: ['export PYTHONNOUSERSITE=1'],
    test: 'python -c "import numpy, scipy, pandas"',
  },
  {
    folder: 'compute',
    name: 'pytorch_cuda.sif',
    id: 2,
    version: '2.5',
    description: 'PyTorch with CUDA',
    from: 'pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime',
    post: ['pip install lightning'],
    labels: { 'com.nvidia.volumes.needed': 'nvidia_driver', 'com.nvidia.cudnn.version': '9.1.0' },
    ociEnvironment: CUDA_ENVIRONMENT,
    environment: ['export PYTHONNOUSERSITE=1'],
    apps: { python: 'Python with PyTorch 2.5 for CUDA 12.4' },
    test: 'python -c "import torch"',
  },
  {
    folder: 'compute',
    name: 'gromacs.sif',
    id: 3,
    version: '2024.4',
    description: 'GROMACS molecular dynamics',
    from: 'ubuntu:22.04',
    post: [
      'OMPI_VERSION=4.1.5',
      'wget https://download.open-mpi.org/release/open-mpi/v4.1/openmpi-${OMPI_VERSION}.tar.gz',
    ],
    labels: { 'org.open-mpi.version': '4.1.5', 'org.opencontainers.image.ref.name': 'gromacs' },
    environment: ['export GMX_MAXBACKUP=-1'],
    apps: {
      gmx: 'The gmx command: grompp, mdrun and the analysis tools',
      gmx_mpi: 'mdrun for several nodes, with Open MPI',
    },
    test: 'gmx --version',
    signedBy: '5110ad00c0ffee005110ad00c0ffee005110ad00',
  },
  {
    folder: 'compute',
    name: 'openfoam.sif',
    id: 4,
    version: '2406',
    description: 'OpenFOAM computational fluid dynamics',
    from: 'opencfd/openfoam-default:2406',
    post: ['apt-get install -y libopenmpi-dev'],
    environment: ['. /usr/lib/openfoam/openfoam2406/etc/bashrc'],
    apps: {},
  },
  {
    folder: 'compute',
    name: 'lammps-arm64.sif',
    id: 6,
    version: '29Aug2024',
    description: 'LAMMPS molecular dynamics for ARM nodes',
    from: 'ubuntu:24.04',
    post: ['apt-get install -y lammps libmpich-dev'],
    labels: { 'org.mpich.version': '4.2.0' },
    apps: { lmp: 'The LAMMPS program' },
    architecture: 'arm64',
  },
  {
    folder: 'compute',
    name: 'relion.sif',
    id: 7,
    version: '4.0.1',
    description: 'RELION for cryo-EM, as an older builder wrote it',
    from: 'nvidia/cuda:11.8.0-devel-ubuntu20.04',
    post: ['git clone --branch 4.0.1 https://github.com/3dem/relion.git'],
    ociEnvironment: [kept('CUDA_VERSION', '11.8.0'), kept('NVIDIA_VISIBLE_DEVICES', 'all')],
    apps: { relion: 'The pipeline and its programs' },
    form: 'inside',
  },
  {
    folder: 'viz',
    name: 'paraview.sif',
    id: 5,
    version: '5.13',
    description: 'ParaView visualisation',
    from: 'ubuntu:22.04',
    post: ['apt-get install -y paraview'],
    apps: { paraview: 'The desktop program', pvserver: 'The server that a desktop elsewhere connects to' },
  },
  {
    folder: 'viz',
    name: 'jupyter_oci.sif',
    id: 8,
    version: '4.2',
    description: 'JupyterLab, pulled as an OCI image',
    from: 'quay.io/jupyter/scipy-notebook:lab-4.2.5',
    post: [],
    ociEnvironment: ['CONDA_DIR=/opt/conda', 'LANG=C.UTF-8', 'NB_USER=jovyan'],
    apps: {},
    form: 'oci',
  },
];
