/**
 * Sample images for the demo: small files in the format of real ones, which a reader opens, lists and finds records in. Their root file systems hold
 * their metadata and no programs; the demo's apptainer runs commands on this computer.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { partitionExtra, signatureExtra, writeSif, type WrittenObject } from '../sif/write/sif.ts';
import { writeSquashFs } from '../sif/write/squashfs.ts';
import { SAMPLE_IMAGES, type SampleImage } from './sampleImageList.ts';

/** Epoch seconds of 2026-01-01: the same bytes at every start. */
const MADE_AT = 1_767_225_600;
/** Types of objects of the SIF format. */
const DATA_TYPE = {
  definitionFile: 0x4001,
  partition: 0x4004,
  signature: 0x4005,
  genericJson: 0x4006,
  ociRootIndex: 0x400a,
  ociBlob: 0x400b,
} as const;
const SQUASHFS = 1;
const PRIMARY = 2;
const SHA256 = 1;

const script = (...lines: readonly string[]): string => `#!/bin/sh\n\n${lines.join('\n')}\n`;
const titleOf = ({ name }: SampleImage): string => name.replace(/\.sif$/, '');
const architectureOf = ({ architecture }: SampleImage): string => architecture ?? 'amd64';

function definitionOf(image: SampleImage): string {
  const section = (name: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n%${name}\n${lines.map((line) => `    ${line}\n`).join('')}`;
  return [
    `Bootstrap: docker\nFrom: ${image.from}\n`,
    section('post', image.post),
    section('environment', image.environment ?? []),
    section('runscript', ['exec "$@"']),
    section('labels', [
      `org.opencontainers.image.title ${titleOf(image)}`,
      `org.opencontainers.image.version ${image.version}`,
    ]),
    section('help', [image.description]),
    ...Object.entries(image.apps).map(
      ([app, help]) => section(`apprun ${app}`, [`exec ${app} "$@"`]) + section(`apphelp ${app}`, [help]),
    ),
  ].join('');
}

function labelsOf(image: SampleImage): Record<string, string> {
  return {
    'org.opencontainers.image.title': titleOf(image),
    'org.opencontainers.image.version': image.version,
    'org.opencontainers.image.description': image.description,
    'org.opencontainers.image.created': new Date(MADE_AT * 1000).toISOString(),
    'org.label-schema.build-arch': architectureOf(image),
    'org.label-schema.schema-version': '1.0',
    'org.label-schema.usage.singularity.deffile.bootstrap': 'docker',
    'org.label-schema.usage.singularity.deffile.from': image.from,
    ...image.labels,
  };
}

/** Files of the environment, by their names in `/.singularity.d/env`. */
function environmentOf({ ociEnvironment, environment }: SampleImage): Record<string, string> {
  return {
    ...(ociEnvironment === undefined ? {} : { '10-docker2singularity.sh': script(...ociEnvironment) }),
    ...(environment === undefined ? {} : { '90-environment.sh': script(...environment) }),
  };
}

/** The record that `apptainer build` writes. Source: apptainer, pkg/inspect/metadata.go. */
function recordOf(image: SampleImage): string {
  const environment = Object.entries(environmentOf(image)).map(([name, text]) => [`/.singularity.d/env/${name}`, text]);
  return JSON.stringify({
    data: {
      attributes: {
        apps: Object.fromEntries(
          Object.entries(image.apps).map(([app, helpfile]) => [
            app,
            { environment: {}, labels: {}, runscript: script(`exec ${app} "$@"`), helpfile },
          ]),
        ),
        environment: Object.fromEntries(environment) as Record<string, string>,
        labels: labelsOf(image),
        runscript: script('exec "$@"'),
        ...(image.test === undefined ? {} : { test: script(image.test) }),
        helpfile: image.description,
        deffile: definitionOf(image),
      },
    },
    type: 'container',
  });
}

/** The root file system: a small SquashFS with the folder that Apptainer puts into every image. */
function rootOf(image: SampleImage): Buffer {
  const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
  return writeSquashFs({
    madeAt: MADE_AT,
    files: {
      ...below('/.singularity.d', {
        Singularity: definitionOf(image),
        'labels.json': JSON.stringify(labelsOf(image), null, '\t'),
        runscript: script('exec "$@"'),
        'runscript.help': `${image.description}\n`,
        ...(image.test === undefined ? {} : { test: script(image.test) }),
      }),
      ...below('/.singularity.d/env', environmentOf(image)),
      ...Object.fromEntries(
        Object.entries(image.apps).flatMap(([app, help]) =>
          Object.entries(
            below(`/scif/apps/${app}/scif`, { runscript: script(`exec ${app} "$@"`), 'runscript.help': help }),
          ),
        ),
      ),
    },
  });
}

function objectsOf(image: SampleImage): WrittenObject[] {
  if (image.form === 'oci') return ociObjectsOf(image);
  const data = (text: string): Buffer => Buffer.from(text);
  const code = image.architecture === 'arm64' ? '04' : '02';
  return [
    { type: DATA_TYPE.definitionFile, name: 'definition', data: data(definitionOf(image)) },
    ...(image.form === 'inside'
      ? []
      : [{ type: DATA_TYPE.genericJson, name: 'inspect-metadata.json', data: data(recordOf(image)) }]),
    { type: DATA_TYPE.partition, name: 'rootfs', data: rootOf(image), extra: partitionExtra(SQUASHFS, PRIMARY, code) },
    ...(image.signedBy === undefined
      ? []
      : [
          {
            type: DATA_TYPE.signature,
            name: 'part-signature',
            // as it looks; nobody has the key of an image that is not real
            data: data(
              '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{"version":1}\n-----BEGIN PGP SIGNATURE-----\n',
            ),
            extra: signatureExtra(SHA256, image.signedBy),
            group: 0,
            signs: { what: 'group' as const, id: 1 },
          },
        ]),
  ];
}

/** The blobs of an OCI image: its layer, configuration and manifest, and the index that leads to them. */
function ociObjectsOf(image: SampleImage): WrittenObject[] {
  const blob = (data: Buffer): WrittenObject & { digest: string } => {
    const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
    return { type: DATA_TYPE.ociBlob, data, extra: Buffer.from(digest), digest };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const described = (mediaType: string, { digest, data }: { digest: string; data: Uint8Array }): object => ({
    mediaType,
    digest,
    size: data.length,
  });
  const layer = blob(rootOf(image));
  const config = blob(
    json({
      architecture: architectureOf(image),
      os: 'linux',
      config: {
        Env: image.ociEnvironment ?? [],
        Cmd: ['start-notebook.py'],
        Entrypoint: ['tini', '-g', '--'],
        WorkingDir: '/home/jovyan',
        Labels: labelsOf(image),
      },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = blob(
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: described('application/vnd.oci.image.config.v1+json', config),
      layers: [described('application/vnd.sylabs.image.layer.v1.squashfs', layer)],
    }),
  );
  const index = json({
    schemaVersion: 2,
    manifests: [described('application/vnd.oci.image.manifest.v1+json', manifest)],
  });
  return [layer, config, manifest, { type: DATA_TYPE.ociRootIndex, data: index }];
}

function sifOf(image: SampleImage): Buffer {
  return writeSif({
    objects: objectsOf(image),
    uuid: `5110ad00-0000-4000-8000-${String(image.id).padStart(12, '0')}`,
    madeAt: MADE_AT,
    architecture: image.architecture === 'arm64' ? '04' : '02',
  });
}

/** Writes the samples that are not there yet below `folder`, and names the image folders. */
export function writeSampleImages(folder: string): string[] {
  for (const image of SAMPLE_IMAGES) {
    const file = path.join(folder, image.folder, image.name);
    if (existsSync(file)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, sifOf(image), { mode: 0o644 });
    renameSync(`${file}.new`, file);
  }
  return [path.join(folder, 'compute'), path.join(folder, 'viz')];
}
