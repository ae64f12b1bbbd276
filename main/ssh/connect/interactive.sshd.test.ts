import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { message, verbatim } from '../../../shared/messages/message.ts';
import { ResourceScope } from '../../../shared/lib/disposable.ts';
import { person, testBench } from '../testing/attempts.ts';
import { startSshServer } from '../testing/misbehavingServers.ts';
import {
  createUser,
  describeWithSshd,
  execute,
  profileFor,
  startSshd,
  type LoginUser,
  type Sshd,
} from '../testing/sshd.ts';
import { totp } from '../testing/totp.ts';

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEH';
const PASSWORD = 'correct horse';
const CODE = 'auth required pam_google_authenticator.so';
const FREE = ['account required pam_permit.so', 'session required pam_permit.so'];

describe('the code of an authenticator', () => {
  it('is that of RFC 6238, appendix B', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    expect([59, 1111111109, 1234567890, 2000000000].map((seconds) => totp(secret, seconds * 1000))).toEqual([
      '287082',
      '081804',
      '005924',
      '279037',
    ]);
  });
});

describeWithSshd('a login by questions (PAM), on a real OpenSSH server', () => {
  const bench = testBench();
  let user: LoginUser;
  let opened: ResourceScope;

  beforeAll(async () => {
    user = await createUser('/bin/sh', { '.google_authenticator': `${SECRET}\n" TOTP_AUTH\n` }, PASSWORD);
    await execute('chmod', ['0600', `${user.home}/.google_authenticator`]);
  });
  afterAll(async () => {
    await user.dispose();
  });
  beforeEach(() => {
    opened = new ResourceScope();
  });
  afterEach(async () => {
    await opened.dispose();
  });

  const start = async (config: string[], ...auth: string[]): Promise<Sshd> =>
    opened.use(await startSshd(config, { pam: [...auth, ...FREE] }));
  const code = (): string => totp(SECRET);

  it('wants the key, then the code', async () => {
    const sshd = await start(['AuthenticationMethods publickey,keyboard-interactive'], CODE);
    const asker = person(code);
    const { shell } = await bench.connect(sshd.profile(undefined, user.name), asker);
    expect((await shell.run('whoami')).stdout).toBe(`${user.name}\n`);
    expect(asker.tried()).toEqual(['publickey partial', 'keyboard-interactive accepted']);
    expect(asker.questions).toEqual([
      {
        asker: `${user.name}@127.0.0.1`,
        method: 'keyboard-interactive',
        title: message('login.loginOf', { user: user.name, host: '127.0.0.1' }),
        instructions: null,
        fields: [{ label: verbatim('Verification code: '), echo: false }],
        keyPath: null,
      },
    ]);
    expect(asker.traces.filter(({ kind }) => kind === 'authOffered')).toMatchObject([
      { methods: ['publickey'] },
      { methods: ['keyboard-interactive'] },
    ]);
  });

  it('wants password and code in two rounds, and the first is known for a password', async () => {
    const sshd = await start(['AuthenticationMethods keyboard-interactive'], 'auth required pam_unix.so', CODE);
    const asker = person(PASSWORD, code);
    await bench.connect(sshd.profile([{ kind: 'password' }], user.name), asker);
    expect(asker.questions).toMatchObject([
      { method: 'password', fields: [{ label: verbatim('Password: ') }] },
      { method: 'keyboard-interactive', fields: [{ label: verbatim('Verification code: ') }] },
    ]);
    const plain = person(PASSWORD, code);
    await bench.connect(sshd.profile([{ kind: 'keyboard-interactive' }], user.name), plain);
    expect(plain.questions).toMatchObject([{ method: 'keyboard-interactive' }, { method: 'keyboard-interactive' }]);
  });

  it('wants the password, then the code, as two methods', async () => {
    const sshd = await start(
      ['PasswordAuthentication yes', 'AuthenticationMethods password,keyboard-interactive'],
      '@include common-auth',
    );
    const asker = person(PASSWORD, PASSWORD);
    await bench.connect(sshd.profile([{ kind: 'password' }], user.name), asker);
    expect(asker.tried()).toEqual(['password partial', 'keyboard-interactive accepted']);
  });

  it('wants the password only', async () => {
    const sshd = await start(
      ['PasswordAuthentication yes', 'AuthenticationMethods password'],
      'auth required pam_unix.so',
    );
    const asker = person(PASSWORD);
    await bench.connect(sshd.profile([{ kind: 'key', path: sshd.keyPath }, { kind: 'password' }], user.name), asker);
    expect(asker.tried()).toEqual(['password accepted']);
  });

  it('wants the key, then a password that the profile does not mention', async () => {
    const sshd = await start(
      ['PasswordAuthentication yes', 'AuthenticationMethods publickey,password'],
      'auth required pam_unix.so',
    );
    const asker = person(PASSWORD);
    await bench.connect(sshd.profile(undefined, user.name), asker);
    expect(asker.tried()).toEqual(['publickey partial', 'password accepted']);
  });

  it('ends with a wrong code: nothing is tried again', async () => {
    const sshd = await start(['AuthenticationMethods publickey,keyboard-interactive'], CODE);
    const asker = person('000000', code);
    await expect(
      bench.connect(
        sshd.profile(
          [{ kind: 'key', path: sshd.keyPath }, { kind: 'keyboard-interactive' }, { kind: 'password' }],
          user.name,
        ),
        asker,
      ),
    ).rejects.toMatchObject({
      name: 'AUTH_FAILED',
    });
    expect(asker.questions).toHaveLength(1);
    expect(asker.tried()).toEqual(['publickey partial', 'keyboard-interactive refused']);
  });
});

describe('a push on a phone', () => {
  const bench = testBench();

  it('is waited for, with the server’s words, while it asks nothing', async () => {
    const server = bench.opened.use(
      await startSshServer({
        authenticate: (context) => {
          if (context.method !== 'keyboard-interactive') {
            context.reject(['keyboard-interactive']);
            return;
          }
          context.prompt([], 'Duo', 'A push was sent to your phone', () => {
            setTimeout(() => {
              context.accept();
            }, 500);
          });
        },
      }),
    );
    const asker = person();
    await bench.connect(profileFor(server.port, 'ada', [{ kind: 'keyboard-interactive' }]), asker, {
      timings: { connectMs: 300 },
    });
    expect(asker.questions).toEqual([]);
    expect(asker.steps).toContain('“A push was sent to your phone”');
  });
});
