import { describe, expect, it } from 'vitest';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteConnection, RemoteStat } from '../ports.ts';
import type { ImageRegistry } from '../services.ts';
import { someFiles } from '../testing/someFiles.ts';
import { lookAtImage } from './lookAtImage.ts';

const demo = ClusterId.parse('demo');
const never = new AbortController().signal;
const KNOWN = { name: 'a.sif', path: '/opt/a.sif', size: 7, modifiedAt: 100, uuid: 'u', node: null, active: true };

/** The look at a file of which the cluster says this: an answer, or what went wrong. */
function look(found: RemoteStat | null | AppError, known: object | null = null, phase = 'ready', path = '/opt/a.sif') {
  let asked = 0;
  const files = someFiles({
    stat: () => {
      asked += 1;
      return found instanceof AppError ? Promise.reject(found) : Promise.resolve(found);
    },
  });
  return lookAtImage(
    {
      sessions: {
        state: () => ({ phase, since: 0 }) as never,
        use: (_clusterId, _options, work) => work({ files } as RemoteConnection),
      },
      images: { known: () => known as ReturnType<ImageRegistry['known']> },
    },
    demo,
    path,
    never,
  ).then((image) => ({ image, asked }));
}
const file = (size: number, modifiedAt: number): RemoteStat => ({ kind: 'file', size, modifiedAt, mode: 0o644 });

describe('the image of a job that is about to be sent', () => {
  it('that is not there is error 3001, before anything is stored or sent', async () => {
    await expect(look(null)).rejects.toMatchObject({ name: 'IMAGE_NOT_FOUND', code: 3001 });
    await expect(look(null, KNOWN)).rejects.toMatchObject({ details: { image: '/opt/a.sif' } });
  });

  it('is what was read of it, while it is the same file', async () => {
    expect(await look(file(7, 100), { ...KNOWN, active: false })).toEqual({
      image: { ...KNOWN, active: true },
      asked: 1,
    });
  });

  it('is only size and time where it has changed since, or was never read', async () => {
    const bare = { name: 'a.sif', folder: '/opt', path: '/opt/a.sif', size: 8, modifiedAt: 100 };
    expect((await look(file(8, 100), KNOWN)).image).toEqual(bare);
    expect((await look(file(8, 100))).image).toEqual(bare);
  });

  it('is left to the job to look at where nobody can look now', async () => {
    expect(await look(file(1, 1), KNOWN, 'connecting')).toEqual({ image: KNOWN, asked: 0 });
    expect((await look(new AppError('REMOTE_FILE_DENIED', { details: { path: '', reason: '' } }), KNOWN)).image).toBe(
      KNOWN,
    );
    expect(await look(null, { ...KNOWN, node: 'cn1' })).toMatchObject({ asked: 0 });
    await expect(look(new AppError('CANCELLED'))).rejects.toMatchObject({ name: 'CANCELLED' });
  });
});
