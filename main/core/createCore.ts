import type { AnyEvent } from '../../shared/contract/index.ts';
import type { ClusterId } from '../../shared/domain/ids.ts';
import { ResourceScope } from '../../shared/lib/disposable.ts';
import { Emitter } from '../../shared/lib/emitter.ts';
import { createFacts } from './clusters/facts.ts';
import { clusterHandlers } from './clusters/handlers.ts';
import { createClusterUsage } from './clusters/clusterUsage.ts';
import { createModules } from './clusters/modules.ts';
import { createProfiles } from './clusters/profiles.ts';
import { createPrompts } from './clusters/prompts.ts';
import { createSessions } from './clusters/clusterSessions.ts';
import type { Core, Handlers } from './core.ts';
import { createConfigChecker } from './files/configChecker.ts';
import { createLocalFiles } from './files/localFiles.ts';
import { filesInUse } from './files/filesInUse.ts';
import { fileHandlers } from './files/handlers.ts';
import { createImages } from './images/imageRegistry.ts';
import { cancelJob } from './jobs/cancelJob.ts';
import { jobHandlers } from './jobs/handlers.ts';
import { createJobRegistry } from './jobs/jobRegistry.ts';
import { createJobLogs } from './jobs/jobLog.ts';
import { createMonitor } from './jobs/monitor.ts';
import { createNotifications } from './jobs/notifications.ts';
import { createSubmissions } from './jobs/submissions.ts';
import { failureDetails } from './log/failure.ts';
import { logHandlers } from './log/handlers.ts';
import type { CorePorts } from './ports.ts';
import { emitTo } from './program/events.ts';
import { createDemoConsent } from './places/demoConsent.ts';
import { createLocalPlaces, grantWhatIsStored } from './places/localPlaces.ts';
import { programHandlers } from './program/handlers.ts';
import { createOperations } from './program/operations.ts';
import { createDrafts } from './scripts/drafts.ts';
import { scriptHandlers } from './scripts/handlers.ts';
import { createScriptMaker } from './scripts/scriptMaker.ts';
import { createStartEstimates } from './scripts/startEstimates.ts';
import { createSettings, settingsHandlers, storedTemplateFolders, uiHandlers } from './settings/settings.ts';
import { editingHandlers } from './templates/edit/editingHandlers.ts';
import { templateHandlers } from './templates/handlers.ts';
import { importHandlers } from './templates/import/importHandlers.ts';
import { clusterCommunities, createCommunitySync } from './templates/share/communities.ts';
import { createTemplateLibrary } from './templates/library/library.ts';
import { createPublish } from './templates/share/publish.ts';
import { createTemplateWriter } from './templates/library/templateWriter.ts';
import { createUnsaved } from './templates/edit/unsaved.ts';
import { createTemplateWork } from './templates/library/workThread.ts';

/**
 * Wires the features to each other and to the outside. Begins at once, in the hosts that stay: the demo cluster is connected, and so
 * is every cluster with a job or a submission that is not settled. The command line connects to what it is asked for.
 */
export function createCore(ports: CorePorts): Core {
  const { store, clock, log, randomId } = ports;
  const opened = new ResourceScope();
  const onUnexpected = (error: unknown): void => log.write('error', 'bug', null, failureDetails(error));
  const events = opened.use(new Emitter<AnyEvent>(onUnexpected));
  const emit = emitTo(events);

  const profiles = createProfiles(store.documents, log);
  grantWhatIsStored(
    { documents: store.documents, clock },
    { profiles: profiles.list(), templateFolders: storedTemplateFolders(store.documents) },
  );
  const places = createLocalPlaces({ ...ports, documents: store.documents });
  const demoConsent = createDemoConsent(store.documents, () => ports.confirmDemo(settings.current().language));
  const settings = createSettings({
    documents: store.documents,
    places,
    onChange: (changed) => {
      emit('settings.changed', changed);
      templates.settingsChanged();
    },
  });
  const templates = opened.use(
    createTemplateLibrary({
      folders: ports.folders,
      settings,
      store,
      clock,
      log,
      emit,
      version: ports.version,
      communities: () => clusterCommunities(profiles, store.documents, ports.folders),
    }),
  );
  const configs = opened.use(createConfigChecker());
  const files = createLocalFiles({ handles: store.fileHandles, clock, randomId, configs });
  const drafts = createDrafts(store.documents);
  const scripts = createScriptMaker(() => clock.now());

  const prompts = createPrompts(emit, randomId, clock);
  const sessions = opened.use(createSessions(ports, profiles, places, prompts, emit));
  const work = opened.use(createTemplateWork());
  const communities = createCommunitySync({
    sessions,
    library: templates,
    documents: store.documents,
    folders: ports.folders,
    clock,
    log,
  });
  const facts = createFacts(ports, sessions, emit);
  const usage = createClusterUsage(ports, sessions, emit);
  const modules = createModules(ports, sessions);
  const images = opened.use(createImages(ports, sessions, emit));
  opened.use(
    sessions.onDropped((clusterId) => {
      for (const each of [facts, usage, modules, images]) each.forget(clusterId);
    }),
  );

  const operations = opened.use(createOperations(emit, randomId, onUnexpected));
  const registry = createJobRegistry(store.jobs, clock, emit);
  const notifyOf = createNotifications(ports.notifier, settings);
  const monitor = opened.use(
    createMonitor({
      ports,
      registry,
      sessions,
      emit,
      onTransition: (before, after) => {
        notifyOf(before, after);
        usage.jobsChanged(after.clusterId);
      },
      onAccounting: (clusterId, state) => facts.noteAccounting(clusterId, state.kind === 'answers' ? null : state),
    }),
  );
  const submissions = opened.use(
    createSubmissions({
      ports,
      registry,
      sessions,
      templates,
      files,
      scripts,
      images,
      settings,
      emit,
      onSubmitted: ({ clusterId }) => {
        monitor.expectNews(clusterId);
        usage.jobsChanged(clusterId);
      },
    }),
  );
  const logs = createJobLogs(registry, sessions, clock, emit);

  const closing = new AbortController();
  opened.defer(() => closing.abort());
  opened.use(
    events.on(({ name }) => {
      if (name === 'clusters.changed') templates.settingsChanged();
    }),
  );
  opened.use(
    sessions.onReady((clusterId) => {
      if (profiles.get(clusterId).communityFolder !== null) {
        communities
          .sync(clusterId, closing.signal)
          .catch((error: unknown) =>
            log.write('warn', 'community_sync_failed', null, { clusterId, ...failureDetails(error) }),
          );
      }
      submissions.resumeAll(clusterId);
      facts
        .take(clusterId, false, closing.signal)
        .catch((error: unknown) => log.write('warn', 'facts_failed', null, { clusterId, ...failureDetails(error) }));
    }),
  );

  const handlers: Handlers = {
    ...programHandlers(ports, operations),
    ...settingsHandlers(settings),
    ...uiHandlers(store.documents),
    ...logHandlers(log),
    ...clusterHandlers({
      profiles,
      sessions,
      prompts,
      facts,
      usage,
      modules,
      sshConfig: ports.sshConfig,
      connector: ports.connector,
      places,
      demoConsent,
      openRuns: (clusterId) => registry.active(clusterId).length,
      clock,
      emit,
    }),
    ...templateHandlers({
      library: templates,
      configs,
      writer: createTemplateWriter(templates, store),
      unsaved: createUnsaved(store.documents, clock),
      communities,
      publish: createPublish({ library: templates, communities, sessions }),
    }),
    ...editingHandlers({
      work,
      parse: (text, fileName) => templates.reader.parse(text, fileName),
      files,
      scripts,
      sessions,
      library: templates,
    }),
    ...importHandlers({ work, library: templates, files, sessions, images, documents: store.documents, clock }),
    ...images.handlers,
    ...fileHandlers({ localFiles: files, library: templates }),
    ...scriptHandlers({
      scripts,
      images,
      runs: store.jobs,
      drafts,
      templates,
      files,
      sessions,
      clock,
      starts: createStartEstimates({ sessions, clock, randomId }),
    }),
    ...jobHandlers({
      jobs: store.jobs,
      registry,
      submissions,
      mayRunOn: async (clusterId) => {
        if (profiles.get(clusterId).kind === 'demo') await demoConsent.require();
      },
      monitor,
      logs,
      operations,
      cancel: ({ runId, tasks }, { signal }) =>
        cancelJob({ registry, sessions, submissions, monitor, clock, log }, runId, tasks ?? null, signal),
    }),
  };

  if (ports.host !== 'cli') {
    const unsettled = new Set<ClusterId>(registry.active().map(({ clusterId }) => clusterId));
    void ports.drawn.then(() => {
      if (opened.disposed) return;
      for (const { id, kind } of profiles.list()) if (kind === 'demo' || unsettled.has(id)) sessions.begin(id);
    });
  }

  return {
    handlers,
    events,
    grantFile: (path) => files.grant(path),
    filesInUse: () => filesInUse(store.fileHandles, drafts.list(), store.jobs.unsentFiles()),
    allowPlace: (...chosen) => places.grant(...chosen),
    language: () => settings.current().language,
    dispose: () => opened.dispose(),
  };
}
