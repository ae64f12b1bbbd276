import { open, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/appError.ts';
import { person, testBench } from '../testing/attempts.ts';
import { startDelayLine } from '../testing/delayLine.ts';
import { describeWithSshd, profileFor, startSshd } from '../testing/sshd.ts';
import { FILE_SERVERS } from '../testing/waysToFiles.ts';

const BYTES = 200 * 1024 ** 2;
/** What a transfer may get on by while a script and a small read are served: an eighth of it. Behind its bytes they would wait for all. */
const MEANWHILE = 25 * 1024 ** 2;

const SERVERS = FILE_SERVERS.filter(({ name }) => ['its sftp-server', 'no SFTP'].includes(name));

describeWithSshd('while 200 MB are under way over a line of 30 ms', () => {
  const bench = testBench();

  async function sparse(name: string): Promise<string> {
    const file = await open(`${bench.folder}/${name}`, 'w');
    await file.truncate(BYTES);
    await file.close();
    return `${bench.folder}/${name}`;
  }

  it.each(
    SERVERS.flatMap((server) =>
      (['upload', 'download'] as const).flatMap((direction) =>
        [1, 2, 10].map((sessions) => ({ ...server, sessions, direction })),
      ),
    ),
  )(
    'as an $direction with $name and $sessions sessions, scripts and small reads are served in their turn, and it goes on',
    async ({ config, sessions, direction }) => {
      const sshd = bench.opened.use(await startSshd([`MaxSessions ${String(sessions)}`, ...config]));
      const line = bench.opened.use(await startDelayLine(sshd.port, 30));
      const profile = profileFor(line.port, sshd.profile().user, [{ kind: 'key', path: sshd.keyPath }]);
      const { shell, files } = await bench.connect(profile, person(), { pin: sshd.hostKeyFingerprint });
      await files.stat('/');
      const from = await sparse('from');
      const stop = new AbortController();
      let done = 0;
      let going = (): void => undefined;
      const begun = new Promise<void>((resolve) => {
        going = resolve;
      });
      const options = {
        signal: stop.signal,
        onProgress: (bytes: number) => {
          done = bytes;
          going();
        },
      };
      const to = `${bench.folder}/to`;
      const transfer =
        direction === 'upload'
          ? files.uploadRange(from, to, 0, BYTES, options)
          : files.downloadRange(from, to, 0, BYTES, options);
      const ended = expect(transfer).rejects.toMatchObject({ name: 'CANCELLED' });
      await begun;
      for (let turn = 0; turn < 3; turn += 1) {
        const before = done;
        const [poll, small] = await Promise.all([shell.run('echo squeue'), files.read('/etc/passwd', 0, 4)]);
        expect([poll.stdout, Buffer.from(small).toString()]).toEqual(['squeue\n', 'root']);
        expect(done - before).toBeLessThan(MEANWHILE);
        expect(done).toBeLessThan(BYTES);
        // and the transfer is not kept from going on by what is asked in between
        while (done === before) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      stop.abort(new AppError('CANCELLED'));
      await ended;
      expect((await stat(to)).size).toBeGreaterThan(0);
    },
    60_000,
  );
});
