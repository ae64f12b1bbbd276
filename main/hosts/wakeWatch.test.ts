import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outsideAddresses, watchWake, type WakeWatch } from './wakeWatch.ts';

describe('noticing that the computer woke up or moved', () => {
  let addresses: string[];
  let watch: WakeWatch;
  let heard: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    addresses = ['en0 10.0.0.5', 'en0 2001:db8::5'];
    heard = [];
    watch = watchWake({ addresses: () => addresses });
    watch.onWake((reason) => heard.push(reason));
    watch.onSleep(() => heard.push('sleep'));
  });
  afterEach(async () => {
    await watch.dispose();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const after = (seconds: number): void => void vi.advanceTimersByTime(seconds * 1000);
  /** Timers stand still while a computer sleeps; its clock does not. */
  const sleepFor = (seconds: number): void => {
    vi.setSystemTime(Date.now() + seconds * 1000);
    after(6);
  };

  it('says nothing while nothing happens, nor when it is only busy', () => {
    after(3600);
    sleepFor(8);
    expect(heard).toEqual([]);
  });

  it('hears of a sleep once, each time', () => {
    sleepFor(60);
    after(60);
    expect(heard).toEqual(['resume']);
    sleepFor(3600);
    expect(heard).toEqual(['resume', 'resume']);
  });

  it('hears of it once when the system tells it too', () => {
    vi.setSystemTime(Date.now() + 3_600_000);
    watch.resumed();
    after(60);
    expect(heard).toEqual(['resume']);
    watch.goesToSleep();
    expect(heard).toEqual(['resume', 'sleep']);
  });

  it('hears of another network when its addresses have come to rest', () => {
    addresses = ['en0 10.0.0.5', 'en1 192.168.1.2'];
    after(2);
    addresses = ['en1 192.168.1.2', 'en1 2001:db8::9'];
    after(2);
    expect(heard).toEqual([]);
    after(4);
    expect(heard).toEqual(['network']);
    after(60);
    expect(heard).toEqual(['network']);
  });

  it('does not count the order of addresses, a short absence, or being offline as another network', () => {
    addresses = [...addresses].reverse();
    after(30);
    const before = addresses;
    addresses = [];
    after(2);
    addresses = before;
    after(30);
    expect(heard).toEqual([]);
    addresses = [];
    after(30);
    expect(heard).toEqual([]);
    addresses = before;
    after(30);
    expect(heard).toEqual(['network']);
  });

  it('goes on when the system does not tell the addresses, as when the process is out of descriptors', () => {
    let refuses = true;
    const refusing = watchWake({
      addresses: () => {
        if (refuses) throw new Error('uv_interface_addresses returned Unknown system error 24');
        return addresses;
      },
    });
    refusing.onWake((reason) => heard.push(`late ${reason}`));
    after(60);
    expect(heard).toEqual([]);
    refuses = false;
    after(60);
    expect(heard).toEqual([]);
    refuses = true;
    after(60);
    sleepFor(60);
    refuses = false;
    addresses = ['en1 192.168.1.2'];
    after(60);
    expect(heard).toEqual(['resume', 'late resume', 'network', 'late network']);
    void refusing.dispose();
  });

  it('reads no address that leads nowhere', () => {
    expect(outsideAddresses().filter((address) => / (?:127\.|::1$|fe80:)/.test(address))).toEqual([]);
  });
});
