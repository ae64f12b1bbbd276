import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { evaluate, type ConfigSources } from './evaluate.ts';
import { ConfigFiles } from './files.ts';
import { connectionTokens, expand, expandTilde } from './tokens.ts';

const execute = promisify(execFile);
const SSH = '/usr/bin/ssh';

/** What `ssh -G` prints and we decide, in its own words. */
const COMPARED = [
  'hostname',
  'user',
  'port',
  'identityfile',
  'certificatefile',
  'identitiesonly',
  'identityagent',
  'proxyjump',
  'userknownhostsfile',
  'hashknownhosts',
  'hostkeyalias',
  'preferredauthentications',
  'passwordauthentication',
  'kbdinteractiveauthentication',
] as const;
type Answer = Partial<Record<(typeof COMPARED)[number], string[]>>;

const HOSTS = ['login', 'login1', 'login1.cluster.example', 'gpu.cluster.example', 'Bastion', 'a', 'x-y', '10.1.2.3'];
const name = fc.constantFrom(...HOSTS);
const pattern = fc.oneof(
  name,
  fc.constantFrom(
    '*',
    'login*',
    '*.example',
    '*.cluster.*',
    'login?',
    '?',
    '*a*',
    'nothing-like-it',
    'LOGIN',
    '10.1.*',
  ),
);
const negatable = fc.tuple(fc.constantFrom('', '', '', '!'), pattern).map((parts) => parts.join(''));
const list = fc.array(negatable, { minLength: 1, maxLength: 3 });

/** A word as people write it: plain, in quotes of either kind, or with an escaped blank. */
const quoted = (word: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    ...(word.includes(' ')
      ? [`"${word}"`, `'${word}'`, word.replaceAll(' ', String.raw`\ `)]
      : [word, `"${word}"`, `'${word}'`]),
  );
const fileName = fc
  .constantFrom(
    '~/.ssh/id_ed25519',
    '~/.ssh/keys/%h',
    '%d/.ssh/%r@%n',
    '/opt/my keys/id',
    '~/.ssh/id_%L_%u',
    '${HOME}/k',
    '~/.ssh/a%%b',
    'none',
  )
  .chain(quoted);
const yesNo = fc.constantFrom('yes', 'no', 'Yes', 'TRUE', 'false');
const jump = fc
  .tuple(
    fc.constantFrom('', 'me@', 'a@b@'),
    fc.constantFrom('bastion', 'gate.example', '[2001:db8::1]', '10.0.0.1'),
    fc.constantFrom('', ':22', ':2222'),
  )
  .map((parts) => parts.join(''));
const jumps = fc.oneof(
  fc.constant('none'),
  fc
    .array(fc.oneof(jump, fc.constantFrom('ssh://gate.example', 'ssh://me@gate.example:2200')), {
      minLength: 1,
      maxLength: 3,
    })
    .map((hops) => hops.join(',')),
);

const option = fc
  .oneof(
    fc.tuple(
      fc.constant('HostName'),
      fc.constantFrom('%h.example', 'real.example', '%h', 'Node-%%1.example', '10.9.8.7', '"quoted.example"'),
    ),
    fc.tuple(fc.constant('User'), fc.constantFrom('alice', 'bob', 'dom\\user', '"carol"')),
    fc.tuple(fc.constant('Port'), fc.constantFrom('22', '2222', '65535')),
    fc.tuple(fc.constant('IdentityFile'), fileName),
    fc.tuple(fc.constant('CertificateFile'), fileName),
    fc.tuple(
      fc.constantFrom(
        'IdentitiesOnly',
        'HashKnownHosts',
        'PasswordAuthentication',
        'KbdInteractiveAuthentication',
        'ChallengeResponseAuthentication',
      ),
      yesNo,
    ),
    fc.tuple(
      fc.constant('IdentityAgent'),
      fc.constantFrom('none', 'SSH_AUTH_SOCK', '$SSH_AUTH_SOCK', '~/.agent/%u.sock', '"/run/my agent"'),
    ),
    fc.tuple(fc.constant('ProxyJump'), jumps),
    fc.tuple(
      fc.constant('ProxyCommand'),
      fc.constantFrom('none', 'nc %h %p', 'ssh -W %h:%p "jump host" # not a comment'),
    ),
    fc.tuple(
      fc.constant('UserKnownHostsFile'),
      fc.constantFrom(
        '~/.ssh/kh1 ~/.ssh/kh2',
        '"/opt/my hosts" /dev/null',
        'none',
        '~/.ssh/kh_%d_%h_%i_%k_%L_%l_%n_%p_%r_%u_%% # one',
      ),
    ),
    fc.tuple(fc.constant('HostKeyAlias'), fc.constantFrom('thecluster', 'x.example')),
    fc.tuple(
      fc.constant('PreferredAuthentications'),
      fc.constantFrom('publickey', 'password,publickey', 'keyboard-interactive,password'),
    ),
    fc.tuple(fc.constantFrom('CheckHostIP', 'ForwardAgent', 'BatchMode'), yesNo),
    fc.tuple(fc.constant('SendEnv'), fc.constant('LANG LC_*')),
  )
  .chain(([keyword, value]) =>
    fc
      .tuple(
        fc.constantFrom(keyword, keyword.toLowerCase(), keyword.toUpperCase()),
        fc.constantFrom(' ', '=', ' = ', '\t', '   '),
        fc.constantFrom('', '  ', '\t'),
      )
      .map(([word, between, before]) => `${before}${word}${between}${value}`),
  );
const aside = fc.constantFrom('', '# a comment', '   # Host *', '\t');

const criterion = fc.oneof(
  fc.tuple(
    fc.constantFrom('host', 'originalhost', '!host', 'Host'),
    list.map((words) => words.join(',')),
  ),
  fc.tuple(
    fc.constantFrom('user', '!user'),
    fc.constantFrom('alice', 'bob,carol', 'a*', '*,!bob', userInfo().username),
  ),
  fc.tuple(
    fc.constantFrom('localuser', '!localuser'),
    fc.constantFrom(userInfo().username, 'nobody-of-that-name', '*'),
  ),
);
const match = fc.oneof(
  fc.constantFrom(
    'Match all',
    'Match !all',
    'Match final',
    'match canonical',
    'Match !canonical',
    'Match final all',
    'Match canonical all',
  ),
  fc
    .array(criterion, { minLength: 1, maxLength: 3 })
    .map((criteria) => `Match ${criteria.map((pair) => pair.join(' ')).join(' ')}`),
  criterion.map((pair) => `Match final ${pair.join(' ')}`),
  criterion.map((pair) => `Match ${pair.join('=')}`),
);
const opening = fc.oneof(
  list.map((words) => `Host ${words.join(' ')}`),
  list.map((words) => `Host=${words.map((word) => `"${word}"`).join(' ')}`),
  match,
);
const section = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.option(opening, { nil: '' }),
      fc.array(fc.oneof({ weight: 5, arbitrary: inner }, { weight: 1, arbitrary: aside }), { maxLength: 6 }),
    )
    .map(([first, lines]) => [first, ...lines].join('\n'));
const text = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(section(inner), { maxLength: 4 }), fc.constantFrom('\n', '\r\n'))
    .map(([sections, end]) => sections.join('\n').split('\n').join(end));

describe.skipIf(!existsSync(SSH))(`reading ssh_config as ${SSH} does`, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-sshconfig-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function ofSsh(file: string, host: string): Promise<Answer> {
    const { stdout } = await execute(SSH, ['-G', '-F', file, '--', host]);
    const answer: Answer = {};
    for (const line of stdout.split('\n')) {
      const [keyword = '', ...rest] = line.split(' ');
      if ((COMPARED as readonly string[]).includes(keyword))
        (answer[keyword as keyof Answer] ??= []).push(rest.join(' '));
    }
    return answer;
  }

  async function ofOurs(file: string, host: string): Promise<Answer> {
    const sources: ConfigSources = {
      files: new ConfigFiles(),
      roots: [{ file, includeFolder: path.join(userInfo().homedir, '.ssh'), isUser: true }],
      local: {
        home: userInfo().homedir,
        userName: userInfo().username,
        uid: String(userInfo().uid),
        hostName: hostname(),
        environment: process.env,
      },
      budget: { lines: 100_000 },
    };
    const { options, host: found } = await evaluate(sources, { alias: host, user: null, port: null });
    const word = (value: boolean | null, unsaid: boolean): string => ((value ?? unsaid) ? 'yes' : 'no');
    const answer: Answer = {
      hostname: [found],
      user: [options.user ?? userInfo().username],
      port: [String(options.port ?? 22)],
      identitiesonly: [word(options.identitiesOnly, false)],
      hashknownhosts: [word(options.hashKnownHosts, false)],
      passwordauthentication: [word(options.passwordAuthentication, true)],
      kbdinteractiveauthentication: [word(options.kbdInteractiveAuthentication, true)],
    };
    if (options.identityFiles.length > 0) answer.identityfile = options.identityFiles;
    if (options.certificateFiles.length > 0) answer.certificatefile = options.certificateFiles;
    // these two ssh prints with their tokens replaced
    const local = sources.local;
    const remote = {
      alias: host,
      host: found,
      port: options.port ?? 22,
      user: options.user ?? local.userName,
      hostKeyAlias: options.hostKeyAlias,
      jump: '',
    };
    const expanded = (file: string): string => {
      const result = expand(expandTilde(file, local.home), connectionTokens(local, remote), local.environment);
      return 'value' in result ? result.value : inWords(result.reason);
    };
    if (options.identityAgent !== null) answer.identityagent = [expanded(options.identityAgent)];
    if (options.hostKeyAlias !== null) answer.hostkeyalias = [options.hostKeyAlias];
    if (options.preferredAuthentications !== null) answer.preferredauthentications = [options.preferredAuthentications];
    if (options.userKnownHostsFiles !== null)
      answer.userknownhostsfile = [options.userKnownHostsFiles.map(expanded).join(' ')];
    if (options.proxyJump !== null && options.proxyJump !== 'none') {
      answer.proxyjump = [
        options.proxyJump
          .map(
            ({ user, host: hop, port }) =>
              `${user === null ? '' : `${user}@`}${hop}${port === null ? '' : `:${String(port)}`}`,
          )
          .join(','),
      ];
    }
    return answer;
  }

  /** ssh prints hops in a form of its own, with brackets around addresses; and its defaults where nothing is said. */
  function comparable(answer: Answer, said: Answer): Answer {
    const entries = Object.entries(answer).flatMap(([keyword, values]) => {
      const isDefault =
        said[keyword as keyof Answer] === undefined && ['identityfile', 'userknownhostsfile'].includes(keyword);
      if (isDefault) return [];
      return [
        [
          keyword,
          keyword === 'proxyjump'
            ? values.map((value) => value.replaceAll(/[[\]]/g, '').replaceAll('ssh://', ''))
            : values,
        ],
      ];
    });
    return Object.fromEntries(entries) as Answer;
  }

  async function compare(file: string, host: string): Promise<void> {
    const ours = await ofOurs(file, host);
    expect(comparable(ours, ours)).toEqual(comparable(await ofSsh(file, host), ours));
  }

  async function write(file: string, content: string): Promise<string> {
    const full = path.join(folder, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, content, { mode: 0o600 });
    await chmod(full, 0o600);
    return full;
  }

  it(
    'agrees on any configuration of hosts, wildcards, negations, matches, quotes and included files, for any name',
    { timeout: 300_000 },
    async () => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(text(option), text(option), text(option), name, async (main, included, deeper, host) => {
          round += 1;
          const here = `r${String(round)}`;
          const first = await write(
            `${here}/first.conf`,
            `${included}\nInclude ${path.join(folder, here, 'deep', '*.conf')}\n`,
          );
          await write(`${here}/second.conf`, deeper);
          await write(`${here}/deep/b.conf`, deeper);
          await write(`${here}/deep/a.conf`, included);
          await write(`${here}/deep/.hidden.conf`, 'User hidden\n');
          const lines = main.split('\n');
          lines.splice(
            Math.floor(lines.length / 2),
            0,
            round % 2 === 0
              ? `Include ${first}`
              : `include "${path.join(folder, here)}/*.conf" ${path.join(folder, here)}/no-such-*`,
          );
          await compare(await write(`${here}/config`, lines.join('\n')), host);
          await rm(path.join(folder, here), { recursive: true, force: true });
        }),
        { numRuns: 150 },
      );
    },
  );

  const CASES: [string, string, string][] = [
    ['the first value wins', 'Host a\n User one\nHost *\n User two\n', 'a'],
    ['a negated pattern takes a host out wherever it stands', 'Host * !a\n User one\nHost !a *\n Port 99\n', 'a'],
    ['Include inside a Host block holds for that host only', 'Host a\n Include INC\nHost *\n Port 23\n', 'b'],
    ['a Host line in an included file ends with that file', 'Host a\n Include INC\n Port 4\n', 'a'],
    ['a Match on the user sees what was said before it', 'User alice\nMatch user alice\n Port 7\n', 'a'],
    [
      'a Match on the host sees HostName, one on originalhost the name',
      'HostName %h.example\nMatch host a.example\n Port 7\nMatch originalhost a\n User z\n',
      'a',
    ],
    [
      'Match final is read again at the end with the full name',
      'Match final host a.example\n Port 7\nHost a\n HostName a.example\nHost a.example\n User final\n',
      'a',
    ],
    ['ProxyCommand and ProxyJump: the first of both', 'ProxyCommand none\nProxyJump gate\n', 'a'],
    ['and the other way round', 'ProxyJump none\nProxyCommand nc %h %p\nProxyJump gate\n', 'a'],
    ['a comment behind a value', 'User "x y" # z\nProxyJump gate # the gate\n', 'a'],
    ['a file without an end of its last line', 'Host a\nUser q', 'a'],
    ['the hash of a connection', 'User me\nUserKnownHostsFile ~/kh_%C\n', 'a'],
    ['capital letters in names', 'Host Bastion\n HostName BASTION.example\n', 'Bastion'],
  ];
  it.each(CASES)('agrees: %s', async (_what, config, host) => {
    const included = await write('case/included', 'Host b\n User fromInclude\nHost a\n IdentityFile ~/k\n');
    await compare(await write('case/config', config.replace('INC', included)), host);
  });
});
