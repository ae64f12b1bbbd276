import { FileKey2, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ClusterView, SshConfigNote, SshHost } from '../../../shared/domain/cluster/profile.ts';
import { errorText } from '../../client/pageError.ts';
import { loadClusters } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Button, EmptyState, ErrorNotice, SearchField, Section, Skeleton, navigate } from '../../ui/index.ts';
import { idFor } from './profile.ts';
import { findHosts, useSshConfig } from './sshConfig.ts';
import './ProfileForm.css';

/** The hosts of the SSH configuration: one is looked at before it is saved, several are added together. */
export function SshConfigImport({ clusters }: { clusters: readonly ClusterView[] }) {
  const reading = useSshConfig();
  return (
    <section className="profile-form" aria-label={t('clusters.import.title')} data-testid="ssh-import">
      <header className="cluster-head">
        <h2>{t('clusters.import.title')}</h2>
        <span className="cluster-actions">
          <Button onPress={() => navigate('clusters', ['new'])}>{t('clusters.addByHand')}</Button>
        </span>
      </header>
      {reading === undefined ? (
        <Skeleton />
      ) : reading.error ? (
        <div className="profile-body">
          <ErrorNotice
            error={reading.error}
            action={<Button onPress={() => navigate('clusters', ['new'])}>{t('clusters.addByHand')}</Button>}
          />
        </div>
      ) : (
        <Hosts
          hosts={reading.value.hosts}
          files={reading.value.files}
          notes={reading.value.notes}
          clusters={clusters}
        />
      )}
    </section>
  );
}

function Hosts({
  hosts,
  files,
  notes,
  clusters,
}: {
  hosts: readonly SshHost[];
  files: readonly string[];
  notes: readonly SshConfigNote[];
  clusters: readonly ClusterView[];
}) {
  const [query, setQuery] = useState('');
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const [failures, setFailures] = useState<readonly string[]>([]);
  const shown = findHosts(hosts, query);
  const name = query.trim();
  const added = new Set(clusters.map(({ profile }) => profile.importedFrom));
  const look = (alias: string): void => navigate('clusters', ['new', alias]);

  const addMarked = async (): Promise<void> => {
    setBusy(true);
    const problems: string[] = [];
    const left = new Set(marked);
    const taken = clusters.map(({ profile }) => profile.id as string);
    let last: string | null = null;
    for (const alias of marked) {
      try {
        const { profile } = await client.call('clusters.fromSshConfig', { alias });
        const id = idFor(alias, taken);
        taken.push(id);
        const saved = await client.call('clusters.save', { profile: { ...profile, id } });
        last = saved.profile.id;
        left.delete(alias);
      } catch (failure) {
        problems.push(t('clusters.import.failed', { name: alias, reason: errorText(failure) }));
      }
    }
    await loadClusters();
    setBusy(false);
    setMarked(left);
    setFailures(problems);
    if (problems.length === 0 && last !== null) navigate('clusters', [last]);
  };

  return (
    <>
      <div className="import-bar">
        <SearchField label={t('clusters.import.filter')} value={query} onChange={setQuery} testId="import-filter" />
        {name !== '' && !hosts.some(({ alias }) => alias === name) ? (
          <Button onPress={() => look(name)}>{t('clusters.import.lookAny', { name })}</Button>
        ) : null}
      </div>
      <div className="profile-body" tabIndex={0} role="group" aria-label={t('clusters.import.list')}>
        {failures.map((failure) => (
          <p key={failure} className="note note-bad" role="alert">
            {failure}
          </p>
        ))}
        {hosts.length === 0 ? (
          <EmptyState
            icon={FileKey2}
            title={t('clusters.import.none')}
            action={<Button onPress={() => navigate('clusters', ['new'])}>{t('clusters.addByHand')}</Button>}
          >
            {files.length === 0
              ? t('clusters.import.noneFound')
              : t('clusters.import.noneText', { files: files.join(', ') })}
          </EmptyState>
        ) : (
          <>
            <p className="secondary">{t('clusters.import.text')}</p>
            {shown.length === 0 ? (
              <p className="muted">{t('clusters.import.noMatch')}</p>
            ) : (
              <HostTable hosts={shown} marked={marked} added={added} onMark={setMarked} onLook={look} />
            )}
          </>
        )}
        {notes.length > 0 ? <Notes notes={notes} /> : null}
      </div>
      <footer className="profile-actions">
        <Button onPress={() => navigate('clusters')}>{t('ui.cancel')}</Button>
        <Button variant="primary" icon={Plus} isDisabled={marked.size === 0 || isBusy} onPress={() => void addMarked()}>
          {t('clusters.import.addSeveral', { count: marked.size })}
        </Button>
      </footer>
    </>
  );
}

interface HostTableProps {
  hosts: readonly SshHost[];
  marked: ReadonlySet<string>;
  added: ReadonlySet<string | null>;
  onMark: (marked: ReadonlySet<string>) => void;
  onLook: (alias: string) => void;
}

function HostTable({ hosts, marked, added, onMark, onLook }: HostTableProps) {
  const toggle = (alias: string): void => {
    const next = new Set(marked);
    if (!next.delete(alias)) next.add(alias);
    onMark(next);
  };
  return (
    <table className="cluster-table import-table">
      <thead>
        <tr>
          <td />
          <th>{t('clusters.import.name')}</th>
          <th>{t('clusters.import.address')}</th>
          <th>{t('clusters.import.jump')}</th>
          <th>{t('clusters.import.where')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {hosts.map((host) => (
          <tr key={host.alias}>
            <td>
              <input
                type="checkbox"
                className="checkbox"
                aria-label={t('clusters.import.mark', { name: host.alias })}
                checked={marked.has(host.alias)}
                onChange={() => toggle(host.alias)}
              />
            </td>
            <th scope="row" className="selectable wraps">
              {host.alias}
              {added.has(host.alias) ? <span className="tag">{t('clusters.import.added')}</span> : null}
            </th>
            <td className="mono selectable wraps">
              {host.user}@{host.host}
              {host.port === 22 ? '' : `:${String(host.port)}`}
            </td>
            <td className="mono selectable wraps">{host.jump.join(' → ')}</td>
            <td className="secondary wraps">
              {host.file}:{host.line}
            </td>
            <td className="number">
              <Button size="dense" onPress={() => onLook(host.alias)}>
                {t('clusters.import.look')}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Lines that were not taken over: there to be read, not in the way. */
export function Notes({ notes }: { notes: readonly SshConfigNote[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title={t('clusters.import.notes', { count: notes.length })} isOpen={isOpen} onToggle={setOpen}>
      <p className="secondary">{t('clusters.import.notesText')}</p>
      <ul className="ssh-notes selectable">
        {notes.map((note, index) => (
          <li key={index}>
            <span>
              <span className="secondary">
                {note.file}:{note.line}
              </span>{' '}
              <code>{note.text}</code>
            </span>
            <span>{sayMessage(note.reason)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
