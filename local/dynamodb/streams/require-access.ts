import { BootError } from '../../boot-error.ts';
import type { Iam } from '../../iam/iam.ts';
import type { Permission } from '../../service.ts';
import { keyPermissions } from '../service.ts';
import type { Mapping } from './mapping.ts';

/**
 * Refuses to boot a mapping whose function's role may not read the stream or tell its failure queue; AWS refuses to
 * create such a mapping.
 */
export function requireAccess(
  mapping: Mapping,
  iam: Iam,
  permissionsToSend: (queueArn: string) => readonly Permission[],
): void {
  const onStream = ['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => ({
    action: `dynamodb:${action}`,
    resource: mapping.streamArn,
  }));
  const wanted: Permission[] = [
    ...onStream,
    { action: 'dynamodb:ListStreams', resource: '*' },
    ...keyPermissions([mapping.table.keyArn]),
    ...(mapping.failureQueue ? permissionsToSend(mapping.failureQueue) : []),
  ];
  const missing = wanted.find((permission) => !iam.allows(mapping.target.roleArn, permission));
  if (!missing) return;
  const { action, resource } = missing;
  throw new BootError(`${mapping.id}: the role ${mapping.target.roleArn} may not ${action} on ${resource}`);
}
