import type { Site } from './site.ts';

/** Work: runs are started and finished, their tasks opened and leased to agents. */
export function workFunctions({ add, may, told }: Site) {
  const { tables, api, token } = told;
  return {
    'assign-task': add('assign-task', {
      entry: 'task/assign-task',
      environment: tables,
      permissions: [...may.readRows(), may.commit(), may.append()],
    }),
    tasks: add('tasks', {
      entry: 'task/tasks',
      environment: { ...tables, ...api, ...token },
      permissions: [
        ...may.readRows(),
        may.queryIndex('work'),
        may.queryIndex('list'),
        may.commit(),
        may.append(),
        may.renewLease(),
        may.verifyTokens(),
      ],
    }),
    runs: add('runs', {
      entry: 'run/runs',
      environment: tables,
      permissions: [...may.readRows(), may.queryIndex('list'), may.commit(), may.append()],
    }),
    'finish-run': add('finish-run', {
      entry: 'run/finish-run',
      environment: tables,
      permissions: [...may.readRows(), may.commit(), may.append()],
    }),
  };
}
