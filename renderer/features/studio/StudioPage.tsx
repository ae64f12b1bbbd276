import { LibraryBig } from 'lucide-react';
import { useEffect } from 'react';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { EmptyState, SplitPane, navigate, useRoute } from '../../ui/index.ts';
import { followLibrary, templateKey } from '../templates/index.ts';
import { DocumentView } from './DocumentView.tsx';
import { LibraryPane } from './LibraryPane.tsx';
import { readAddress } from './address.ts';
import './Studio.css';

/** `#/templates/<source>/<id>` shows a template, `/<tab>` one of its tabs. */
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
        first={<LibraryPane openKey={address === null ? null : templateKey(address.ref)} onOpen={(template) => navigate('templates', [template.source, template.id], { replace: address !== null })} />}
        second={
          address === null ? (
            <EmptyState icon={LibraryBig} title={t('studio.nothingOpen')}>
              {t('studio.nothingOpenHint')}
            </EmptyState>
          ) : (
            <DocumentView key={templateKey(address.ref)} source={address.ref.source} id={address.ref.id} tab={address.tab} />
          )
        }
      />
    </div>
  );
}
