import { randomUUID } from 'node:crypto';
import { BootError } from '../boot-error.ts';
import type { InvocationQueue, SendToQueue } from '../lambda/invocation-queue.ts';
import type { RequirePermission } from '../lambda/resource-policy.ts';
import type { Resource, Service } from '../service.ts';
import { createEventsService, envelope, type Event } from './put-events.ts';
import { readRules, type Rule } from './rule.ts';
import type { Schedule } from './schedule.ts';

export type Events = {
  readonly service: Service;
  /** Takes an event of a service of the cloud itself to the rules of a bus; programs come by PutEvents. */
  readonly publish: (bus: string, event: Event) => void;
  /** Begins to fire schedules, the first time one interval from now. */
  start(): void;
  stop(): void;
  /** Fires a scheduled rule now, by its name or logical id; `false` when there is none. */
  readonly runSchedule: (name: string) => boolean;
};

type Options = {
  readonly resources: readonly Resource[];
  readonly queue: InvocationQueue;
  readonly send: SendToQueue;
  readonly requirePermission: RequirePermission;
  readonly now: () => number;
};

/** A timer cannot wait longer than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** EventBridge: buses, rules to functions and queues, and schedules. */
export function createEvents(options: Options): Events {
  const rules = readRules(options.resources);
  for (const rule of rules) checkTargets(rule, options.requirePermission);
  const timers = new Map<Rule, NodeJS.Timeout>();
  const deliver = (rule: Rule, event: Event): void => {
    for (const { arn, kind, input } of rule.targets) {
      if (kind === 'function') options.queue.add(arn, input ?? event);
      else options.send(arn, input ?? event);
    }
  };
  const fire = (rule: Rule): void => deliver(rule, scheduledEvent(rule, options.now()));
  const plan = (rule: Rule, at: number): void => {
    const wait = Math.min(at - options.now(), LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      if (options.now() < at) return plan(rule, at);
      fire(rule);
      if (rule.schedule) plan(rule, nextAfter(rule.schedule, at, options.now()));
    }, wait);
    timers.set(rule, timer);
  };
  const publish: Events['publish'] = (bus, event) => {
    for (const rule of rules) if (rule.bus === bus && rule.matches(event)) deliver(rule, event);
  };
  return {
    publish,
    service: createEventsService({ buses: busesOf(options.resources), publish, now: options.now }),
    start: () => {
      for (const rule of rules) if (rule.schedule) plan(rule, rule.schedule.next(options.now()));
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
    runSchedule: (name) => {
      const rule = rules.find((each) => each.schedule && (each.name === name || each.logicalId === name));
      if (rule) fire(rule);
      return rule !== undefined;
    },
  };
}

/** Keeps to the schedule's own beat, but makes up for nothing that passed while the machine slept. */
function nextAfter({ next }: Schedule, fired: number, now: number): number {
  const due = next(fired);
  return due > now ? due : next(now);
}

function busesOf(resources: readonly Resource[]): ReadonlySet<string> {
  const own = resources.filter(({ type }) => type === 'AWS::Events::EventBus').map(({ ref }) => ref);
  return new Set(['default', ...own]);
}

function checkTargets({ arn, bus, name, schedule, targets }: Rule, require: RequirePermission): void {
  if (schedule && bus !== 'default') {
    throw new BootError(`the rule ${name}: a schedule belongs on the default bus`);
  }
  for (const target of targets) {
    if (target.kind !== 'function') continue;
    require({ functionArn: target.arn, principal: 'events.amazonaws.com', sourceArn: arn });
  }
}

function scheduledEvent(rule: Rule, now: number): Event {
  return {
    ...envelope(randomUUID(), now),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    resources: [rule.arn],
    detail: {},
  };
}
