import { describe, expect, it } from 'vitest';
import { readAppsList, readInspectOutput } from './inspectOutput.ts';

// as they stand in the documentation and in threads of the projects: docs/images.md names them
const APPTAINER_1 = {
  data: {
    attributes: {
      apps: {
        foo: {
          environment: { '/scif/apps/foo/scif/env/90-environment.sh': 'export FOO=1' },
          runscript: '#!/bin/sh\n\nexec foo',
        },
      },
      environment: { '/.singularity.d/env/10-docker2singularity.sh': '#!/bin/sh\nexport PATH="/bin"' },
      labels: { 'org.label-schema.build-arch': 'amd64', 'org.label-schema.usage.apptainer.version': '1.3.4' },
      runscript: '#!/bin/sh\nexec "$@"',
      helpfile: 'Help',
      deffile: 'bootstrap: docker\nfrom: busybox',
    },
  },
  type: 'container',
};
const LABELS_3_1 =
  '{\n\t"org.label-schema.build-date": "Thursday_21_March_2019_15:15:0_EDT",\n\t"org.label-schema.usage.singularity.deffile.from": "alpine:latest",\n\t"org.label-schema.usage.singularity.version": "3.1-1.el6"\n}';

describe('what inspect prints', () => {
  it('of Apptainer and Singularity from 3.2 on is a tree below data', () => {
    expect(readInspectOutput(JSON.stringify(APPTAINER_1, null, '\t'))).toMatchObject({
      contents: {
        labels: { 'org.label-schema.build-arch': 'amd64', 'org.label-schema.usage.apptainer.version': '1.3.4' },
        labelSource: 'inspectCommand',
        apps: [
          { name: 'foo', environment: [{ file: '90-environment.sh' }], runscript: { text: '#!/bin/sh\n\nexec foo' } },
        ],
        environment: [{ file: '10-docker2singularity.sh' }],
        help: { text: 'Help' },
        definition: { text: 'bootstrap: docker\nfrom: busybox' },
      },
      unknown: [],
    });
  });

  it('of Singularity 3.0 and 3.1 has no data, and labels in a string', () => {
    const output = JSON.stringify({
      attributes: {
        deffile: 'bootstrap: docker\nfrom: busybox:1.30.1',
        environment: '==-z\n==\n#!/bin/sh\n#Custom environment shell code should follow',
        labels: LABELS_3_1,
      },
      type: 'container',
    });
    expect(readInspectOutput(output)?.contents).toMatchObject({
      labels: { 'org.label-schema.usage.singularity.deffile.from': 'alpine:latest' },
      environment: [{ file: 'environment' }],
      definition: { text: 'bootstrap: docker\nfrom: busybox:1.30.1' },
    });
  });

  it('of Singularity 2.6 has the type within data', () => {
    const output =
      '{"data":{"attributes":{"labels":{"Maintainer":"Ada"},"help":"Help","environment":"export A=1"},"type":"container"}}';
    expect(readInspectOutput(output)?.contents).toMatchObject({
      labels: { Maintainer: 'Ada' },
      help: { text: 'Help' },
    });
  });

  it.each([
    ['JSON of labels alone (2.x, 3.0)', LABELS_3_1],
    [
      'lines below ==labels== (3.1, 3.2)',
      '==labels==\norg.label-schema.usage.singularity.deffile.from: alpine:latest\n==runscript==\nx: y\n',
    ],
    [
      'lines, with CRLF and a warning',
      'WARNING: no SIF metadata\r\norg.label-schema.usage.singularity.deffile.from: alpine:latest\r\n',
    ],
    ['JSON with warnings around it', `INFO: x {\n${LABELS_3_1}\nWARNING: y\n`],
  ])('may be %s', (_what, output) => {
    const labels = readInspectOutput(output)?.contents.labels;
    expect(labels?.['org.label-schema.usage.singularity.deffile.from']).toBe('alpine:latest');
    expect(labels).not.toHaveProperty('x');
  });

  it('may be empty of anything, which is no answer', () => {
    expect(readInspectOutput('')).toBeNull();
    expect(readInspectOutput('FATAL: could not open image /x.sif: no such file\n')).toBeNull();
    expect(readInspectOutput('[1,2]')).toBeNull();
    expect(readInspectOutput('{')).toBeNull();
    expect(readInspectOutput('{"data":{"attributes":{}},"type":"container"}')?.contents.labels).toEqual({});
  });

  it('is bounded, whatever it is', () => {
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, each) => [`l${String(each)}`, 'x']));
    const read = readInspectOutput(JSON.stringify({ data: { attributes: { labels: many, apps: many } } }));
    expect(Object.keys(read?.contents.labels ?? {})).toHaveLength(500);
    expect(read?.contents.apps).toHaveLength(200);
    expect(read?.unknown).toEqual([
      { field: 'labels', why: 'tooLarge' },
      { field: 'apps', why: 'tooLarge' },
    ]);
    expect(readInspectOutput(`{"data":${'['.repeat(900_000)}`)).toBeNull();
    const deep = `{"attributes":{"labels":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)},"b":"c"}}}`;
    expect(readInspectOutput(deep)?.contents.labels).toEqual({ b: 'c' });
  });

  it.each([
    ['line ends', '\n'],
    ['blanks', ' '],
    ['braces', '{'],
    ['equals signs', '='],
    ['names', 'a: '],
    ['section heads', '==a==\n'],
  ])('takes no longer than it is long, of nothing but %s', (_what, piece) => {
    // a million characters: what begins anew at each of them does not come to an end
    const read = readInspectOutput(piece.repeat(Math.floor(1_000_000 / piece.length)));
    expect(Object.keys(read?.contents.labels ?? {}).length).toBeLessThanOrEqual(1);
  });

  it('lists apps one on a line', () => {
    expect(readAppsList('WARNING: underlay\nfoo\nbar\r\n\nfoo\n../x\n')).toEqual(['foo', 'bar']);
    expect(readAppsList('')).toEqual([]);
  });
});
