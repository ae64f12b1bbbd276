import { classifyFile } from '../../../shared/domain/template/fileKind.ts';
import { t } from '../../i18n/index.ts';

/** What a file that no slot asks for most likely is. */
export function FileKind({ name }: { name: string }) {
  return <> · {t(`launch.kinds.${classifyFile(name)}`)}</>;
}
