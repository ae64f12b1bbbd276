import { useEffect, useState } from 'react';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { useImageWork, type ImageDetail } from './imageWork.ts';
import type { ImagePlace } from '../../lib/imageKey.ts';

/** All that is known of an image; asked for again when the list says something new of it, or something was learnt of it here. */
export function useImageDetail(
  clusterId: ClusterId,
  { path, node }: ImagePlace,
  listed: ImageSummary | undefined,
): { detail: ImageDetail | null; error: CodedError | null } {
  const [detail, setDetail] = useState<ImageDetail | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const learnt = useImageWork((store) => store.learnt);
  const identity =
    listed && `${String(listed.size)} ${String(listed.modifiedAt)} ${String(listed.active)} ${String(listed.usedIn)}`;
  useEffect(() => {
    const gone = new AbortController();
    client.call('images.get', { clusterId, path, node }, { signal: gone.signal }).then(
      (known) => {
        setDetail(known);
        setError(null);
      },
      (failure: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(failure));
      },
    );
    return () => gone.abort();
  }, [clusterId, path, node, identity, learnt]);
  return { detail, error };
}
