import {
  Container,
  FileCode2,
  LibraryBig,
  ListChecks,
  Palette,
  Plug,
  RefreshCw,
  Rocket,
  Server,
  Settings,
  Unplug,
  type LucideIcon,
} from 'lucide-react';
import type { TemplateSummary } from '../../shared/contract/templates.ts';
import type { ClusterView } from '../../shared/domain/cluster/profile.ts';
import type { ImageSummary } from '../../shared/domain/image/schema.ts';
import type { JobRow } from '../../shared/domain/job/schema.ts';
import { isConnected } from '../../shared/domain/cluster/connection.ts';
import { chooseCluster, connectCluster } from '../stores/clusters.ts';
import { scanImages } from '../stores/images.ts';
import { imageKey } from '../lib/imageKey.ts';
import { client } from '../client/index.ts';
import { changeSettings } from '../client/settings.ts';
import { t, type TextKey } from '../i18n/index.ts';
import { navigate, type Page } from '../ui/index.ts';

/** One line of the command palette. */
export interface Command {
  id: string;
  group: 'screens' | 'actions' | 'clusters' | 'templates' | 'images' | 'jobs';
  label: string;
  /** Second part of the line; searched too. */
  detail?: string;
  icon: LucideIcon;
  keys?: readonly string[];
  /** What it returns may be a promise; a rejection is shown as a toast. */
  run: () => unknown;
}

const SCREENS: readonly { page: Page; icon: LucideIcon; label: TextKey; key: string }[] = [
  { page: 'launch', icon: Rocket, label: 'app.pages.launch', key: 'L' },
  { page: 'jobs', icon: ListChecks, label: 'app.pages.jobs', key: 'J' },
  { page: 'templates', icon: LibraryBig, label: 'app.pages.templates', key: 'T' },
  { page: 'images', icon: Container, label: 'app.pages.images', key: 'I' },
  { page: 'clusters', icon: Server, label: 'app.pages.clusters', key: 'C' },
  { page: 'settings', icon: Settings, label: 'app.pages.settings', key: 'S' },
];

export function commandsOf(known: {
  clusters: readonly ClusterView[];
  templates: readonly TemplateSummary[];
  jobs: readonly JobRow[];
  /** Of the current cluster, as far as they are listed already. */
  images: readonly ImageSummary[];
}): Command[] {
  const screens = SCREENS.map(({ page, icon, label, key }): Command => ({
    id: `go-${page}`,
    group: 'screens',
    label: t('app.palette.go', { page: t(label) }),
    icon,
    keys: ['G', key],
    run: () => navigate(page),
  }));
  const clusters = known.clusters.flatMap(({ profile, connection }): Command[] => {
    const { id, name } = profile;
    const detail = profile.kind === 'demo' ? '' : `${profile.user}@${profile.host}`;
    const isOpen = isConnected(connection);
    return [
      {
        id: `switch-${id}`,
        group: 'clusters',
        label: t('app.palette.switchCluster', { name }),
        detail,
        icon: Server,
        run: () => chooseCluster(id),
      },
      isOpen
        ? {
            id: `refresh-${id}`,
            group: 'clusters',
            label: t('app.palette.refresh', { name }),
            detail,
            icon: RefreshCw,
            run: () => client.call('jobs.refresh', { clusterId: id }),
          }
        : {
            id: `connect-${id}`,
            group: 'clusters',
            label: t('app.palette.connect', { name }),
            detail,
            icon: Plug,
            run: () => connectCluster(id),
          },
      ...(isOpen
        ? [
            {
              id: `scan-${id}`,
              group: 'clusters' as const,
              label: t('app.palette.scanImages', { name }),
              detail,
              icon: Container,
              run: () => scanImages(id),
            },
            {
              id: `disconnect-${id}`,
              group: 'clusters' as const,
              label: t('app.palette.disconnect', { name }),
              detail,
              icon: Unplug,
              run: () => client.call('clusters.disconnect', { clusterId: id }),
            },
          ]
        : []),
    ];
  });
  const themes = (['system', 'light', 'dark', 'contrast'] as const).map((theme): Command => ({
    id: `theme-${theme}`,
    group: 'actions',
    label: t('app.palette.theme', { theme: t(`settings.themes.${theme}`) }),
    icon: Palette,
    run: () => changeSettings({ theme }),
  }));
  const templates = known.templates.map((template): Command => ({
    id: `template-${template.source}-${template.id}`,
    group: 'templates',
    label: t('app.palette.openTemplate', { name: template.displayName }),
    detail: template.tags.join(' '),
    icon: FileCode2,
    run: () => navigate('launch', [template.source, template.id]),
  }));
  const jobs = known.jobs.map((job): Command => ({
    id: `job-${job.runId}`,
    group: 'jobs',
    label: t('app.palette.openJob', { name: job.name }),
    ...(job.jobId === null ? {} : { detail: job.jobId }),
    icon: ListChecks,
    run: () => navigate('jobs', [job.runId]),
  }));
  const images = known.images
    .filter(({ active }) => active)
    .map((image): Command => ({
      id: `image-${imageKey(image)}`,
      group: 'images',
      label: t('app.palette.openImage', { name: image.name }),
      detail: image.folder,
      icon: Container,
      run: () => navigate('images', [imageKey(image)]),
    }));
  const add: Command = {
    id: 'add-cluster',
    group: 'actions',
    label: t('app.palette.addCluster'),
    icon: Server,
    run: () => navigate('clusters', ['new']),
  };
  return [...screens, add, ...themes, ...clusters, ...templates, ...images, ...jobs];
}

/** So many that they are listed only for a query. */
const LOOKED_FOR: readonly Command['group'][] = ['templates', 'images', 'jobs'];

/** Commands that hold every word of the query; those whose label begins with it come first. */
export function findCommands(commands: readonly Command[], query: string): Command[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return commands.filter((command) => !LOOKED_FOR.includes(command.group));
  const rank = (command: Command): number => {
    const label = command.label.toLowerCase();
    return label.startsWith(query.toLowerCase())
      ? 0
      : label.split(/\s+/).some((part) => part.startsWith(words[0] ?? ''))
        ? 1
        : 2;
  };
  return commands
    .filter((command) => {
      const text = `${command.label} ${command.detail ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => rank(a) - rank(b));
}
