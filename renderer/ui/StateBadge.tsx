import {
  AlarmClock,
  Ban,
  CircleCheck,
  CircleHelp,
  CirclePlay,
  CircleX,
  Clock3,
  CloudUpload,
  MemoryStick,
  PauseCircle,
  Send,
  type LucideIcon,
} from 'lucide-react';
import { stateGroup, type StateGroup } from '../../shared/domain/job/state.ts';
import type { SubmitPhase } from '../../shared/domain/job/schema.ts';
import { t, type TextKey } from '../i18n/index.ts';
import './StateBadge.css';

const GROUP_ICONS: Record<StateGroup, LucideIcon> = {
  pending: Clock3,
  running: CirclePlay,
  ok: CircleCheck,
  bad: CircleX,
  cancelled: Ban,
  unknown: CircleHelp,
};
const STATE_ICONS: Record<string, LucideIcon> = {
  TIMEOUT: AlarmClock,
  DEADLINE: AlarmClock,
  OUT_OF_MEMORY: MemoryStick,
  SUSPENDED: PauseCircle,
};
const STATE_TEXTS: Record<string, TextKey> = {
  PENDING: 'ui.state.PENDING',
  CONFIGURING: 'ui.state.CONFIGURING',
  REQUEUED: 'ui.state.REQUEUED',
  REQUEUE_HOLD: 'ui.state.REQUEUE_HOLD',
  SPECIAL_EXIT: 'ui.state.SPECIAL_EXIT',
  SUSPENDED: 'ui.state.SUSPENDED',
  RUNNING: 'ui.state.RUNNING',
  COMPLETING: 'ui.state.COMPLETING',
  RESIZING: 'ui.state.RESIZING',
  SIGNALING: 'ui.state.SIGNALING',
  STAGE_OUT: 'ui.state.STAGE_OUT',
  STOPPED: 'ui.state.STOPPED',
  COMPLETED: 'ui.state.COMPLETED',
  CANCELLED: 'ui.state.CANCELLED',
  REVOKED: 'ui.state.REVOKED',
  FAILED: 'ui.state.FAILED',
  TIMEOUT: 'ui.state.TIMEOUT',
  OUT_OF_MEMORY: 'ui.state.OUT_OF_MEMORY',
  NODE_FAIL: 'ui.state.NODE_FAIL',
  BOOT_FAIL: 'ui.state.BOOT_FAIL',
  DEADLINE: 'ui.state.DEADLINE',
  PREEMPTED: 'ui.state.PREEMPTED',
};

/** What a person is told about a run: our own phase until there is a job, then Slurm's word. */
export function stateText(phase: SubmitPhase, state: string | null): string {
  if (phase !== 'submitted') return t(`ui.state.${phase}`);
  if (state === null) return t('ui.state.PENDING');
  const key = STATE_TEXTS[state];
  return key ? t(key) : t('ui.state.unknownWith', { state });
}

/** The icon of a group of states, where its word stands beside it. */
export function GroupIcon({ group, size }: { group: StateGroup; size: number }) {
  const Icon = GROUP_ICONS[group];
  return <Icon size={size} aria-hidden />;
}

interface Look {
  icon: LucideIcon;
  tone: StateGroup;
}

function lookOf(phase: SubmitPhase, state: string | null): Look {
  switch (phase) {
    case 'prepared':
    case 'submitting':
      return { icon: Send, tone: 'pending' };
    case 'uploading':
      return { icon: CloudUpload, tone: 'pending' };
    case 'ambiguous':
      return { icon: CircleHelp, tone: 'unknown' };
    case 'rejected':
      return { icon: CircleX, tone: 'bad' };
    case 'cancelled':
    case 'abandoned':
      return { icon: Ban, tone: 'cancelled' };
    case 'submitted': {
      const tone = state === null ? 'pending' : stateGroup(state);
      return { icon: (state === null ? undefined : STATE_ICONS[state]) ?? GROUP_ICONS[tone], tone };
    }
  }
}

/** Icon and word of a job's state; never colour alone. */
export function StateBadge({
  phase,
  state,
  framed = false,
}: {
  phase: SubmitPhase;
  state: string | null;
  framed?: boolean;
}) {
  const { icon: Icon, tone } = lookOf(phase, state);
  return (
    <span
      className={`state state-${tone}${framed ? ' state-framed' : ''}`}
      data-testid="state"
      data-state={phase === 'submitted' ? (state ?? 'PENDING') : phase}
    >
      <Icon size={14} aria-hidden />
      <span className="truncate">{stateText(phase, state)}</span>
    </span>
  );
}
