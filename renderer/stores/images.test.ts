import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterId } from '../../shared/domain/ids.ts';
import { exampleImage } from '../../shared/domain/image/testing/exampleImage.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { held, pageOf, ScriptedHost } from '../client/testing/scriptedHost.ts';
import type { ImageList } from './images.ts';

const host = new ScriptedHost();
vi.stubGlobal('window', pageOf(host));
const { cancelScan, followImages, imageChanged, loadImages, mayCancelScan, scanImages, useImages } =
  await import('./images.ts');

const DEMO = 'demo' as ClusterId;
const START = useImages.getState();
const list = (names: readonly string[], changes: Partial<ImageList> = {}): ImageList => ({
  images: names.map((name) => exampleImage(`/images/${name}`)),
  folders: [],
  unreadable: [],
  scannedAt: 1,
  scanning: false,
  ...changes,
});
const names = (): string[] | undefined => useImages.getState().lists[DEMO]?.images.map(({ name }) => name);
const isScanning = (): boolean => DEMO in useImages.getState().scans;
const progress = { clusterId: DEMO, folder: '/images', found: 3, read: 1, toRead: 2 };
followImages();

describe('what the window knows of the images of a cluster', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    host.reset();
    useImages.setState(START, true);
  });
  afterEach(async () => {
    host.answer('images.list', () => list([]));
    await loadImages(DEMO);
    vi.useRealTimers();
  });

  it('is asked again once when it was wanted anew while the answer was on its way', async () => {
    const slow = held<ImageList>();
    host.answer('images.list', () => slow.promise);
    const loading = loadImages(DEMO);
    host.answer('images.list', () => list(['new.sif']));
    await Promise.all([loadImages(DEMO), loadImages(DEMO)]);
    slow.keep(list(['old.sif']));
    await loading;
    expect(names()).toEqual(['new.sif']);
    expect(host.asked('images.list')).toHaveLength(2);
  });

  it('stays as it was when it cannot be asked, with the reason beside it', async () => {
    host.answer('images.list', () => list(['a.sif']));
    await loadImages(DEMO);
    host.answer('images.list', () => {
      throw new AppError('CONNECTION_LOST');
    });
    await loadImages(DEMO);
    expect(names()).toEqual(['a.sif']);
    expect(useImages.getState().errors[DEMO]?.name).toBe('CONNECTION_LOST');
  });

  it('has no error for a cluster that is not connected, whose own state says so', async () => {
    host.answer('images.list', () => {
      throw new AppError('NOT_CONNECTED');
    });
    await loadImages(DEMO);
    expect([names(), useImages.getState().errors[DEMO]]).toEqual([undefined, undefined]);
  });

  it('is loaded anew when it changed, if anybody wanted it', async () => {
    host.answer('images.list', () => list(['a.sif']));
    host.tell('images.changed', { clusterId: DEMO });
    expect(host.asked('images.list')).toEqual([]);
    await loadImages(DEMO);
    host.answer('images.list', () => list(['a.sif', 'b.sif']));
    host.tell('images.changed', { clusterId: DEMO });
    await vi.waitFor(() => expect(names()).toEqual(['a.sif', 'b.sif']));
  });

  it('says how far a scan is, and takes what it found', async () => {
    const slow = held<ImageList>();
    host.answer('images.scan', () => slow.promise);
    const scanning = scanImages(DEMO);
    expect([isScanning(), mayCancelScan(DEMO)]).toEqual([true, true]);
    host.tell('images.scanProgress', progress);
    expect(useImages.getState().scans[DEMO]).toMatchObject({ found: 3, read: 1, toRead: 2 });
    slow.keep(list(['a.sif']));
    await scanning;
    expect([isScanning(), mayCancelScan(DEMO), names()]).toEqual([false, false, ['a.sif']]);
  });

  it('ends its own scan without an error, and lists what was found until then', async () => {
    const stopped = held<null>();
    host.answer('images.scan', async () => {
      await stopped.promise;
      throw new AppError('CANCELLED');
    });
    host.answer('images.list', () => list(['found.sif']));
    const scanning = scanImages(DEMO);
    cancelScan(DEMO);
    stopped.keep(null);
    await scanning;
    await vi.waitFor(() => expect(names()).toEqual(['found.sif']));
    expect([isScanning(), useImages.getState().errors[DEMO]]).toEqual([false, undefined]);
  });

  it('asks after a scan of somebody else that falls silent', async () => {
    host.answer('images.list', () => list(['a.sif']));
    host.tell('images.scanProgress', progress);
    expect([isScanning(), mayCancelScan(DEMO)]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(6000);
    expect([isScanning(), names()]).toEqual([false, ['a.sif']]);
  });

  it('takes in what was learnt of one image, and leaves the others', async () => {
    host.answer('images.list', () => list(['a.sif', 'b.sif']));
    await loadImages(DEMO);
    imageChanged(DEMO, exampleImage('/images/b.sif', { digest: 'abc' }));
    expect(useImages.getState().lists[DEMO]?.images.map(({ digest }) => digest)).toEqual([null, 'abc']);
  });
});
