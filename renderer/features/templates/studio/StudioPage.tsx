import { LibraryBig } from 'lucide-react';
import { useEffect } from 'react';
import { useRemembered } from '../../../client/remembered.ts';
import { t } from '../../../i18n/index.ts';
import { Button, EmptyState, SplitPane, navigate, useRoute } from '../../../ui/index.ts';
import { followLibrary } from '../../../stores/library.ts';
import { DocumentView } from './DocumentView.tsx';
import { LibraryPane } from './LibraryPane.tsx';
import { newTemplate } from './actions.ts';
import { readAddress, segmentsOf } from './address.ts';
import './Studio.css';

/** `#/templates/<source>/<id>` shows a template, `#/templates/new/<name>` a text that is not saved yet, `/<tab>` one of its tabs. */
export function StudioPage() {
  const { segments } = useRoute();
  const [width, setWidth] = useRemembered('studio.libraryWidth', 280);
  useEffect(followLibrary, []);
  const address = readAddress(segments);
  return (
    <div className="studio" data-testid="studio">
      <h1 className="visually-hidden">{t('app.pages.templates')}</h1>
      <SplitPane
        direction="row"
        sized="first"
        size={width}
        onResize={setWidth}
        min={220}
        minOther={480}
        label={t('templates.title')}
        first={
          <LibraryPane
            openKey={address?.key ?? null}
            onOpen={(key) => navigate('templates', segmentsOf(key), { replace: address !== null })}
          />
        }
        second={
          address === null ? (
            <EmptyState
              icon={LibraryBig}
              title={t('studio.nothingOpen')}
              action={<Button onPress={newTemplate}>{t('studio.new')}</Button>}
            >
              {t('studio.nothingOpenHint')}
            </EmptyState>
          ) : (
            <DocumentView key={address.key} address={address} />
          )
        }
      />
    </div>
  );
}
