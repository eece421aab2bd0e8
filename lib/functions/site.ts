import type { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../../functions/aws/env.ts';
import type { DataStack } from '../data-stack.ts';
import { GovernedFunction, type GovernedFunctionProps } from '../governed-function.ts';
import { dataPermissions, stepPermissions, systemSecrets, toolPermissions } from '../permissions.ts';
import type { Settings } from '../settings.ts';

type Options = {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly apiUrl: string;
  /** The configuration set of approval mails. */
  readonly mailSet: string;
};

/** What every group of functions is built with: a way to add one, what it may be granted and what it is told. */
export type Site = ReturnType<typeof openSite>;

export function openSite(stack: Stack, { settings, data, apiUrl, mailSet }: Options) {
  return {
    settings,
    may: {
      ...dataPermissions(data),
      ...stepPermissions(stack),
      reachTools: () => toolPermissions(data, settings.stage),
      readSystemSecrets: () => systemSecrets(data, settings.stage),
    },
    told: {
      tables: { REGISTRY_TABLE: data.registry.tableName, AUDIT_TABLE: data.audit.tableName },
      api: { API_URL: apiUrl },
      mails: { MAIL_FROM: settings.mailFrom, MAIL_CONFIGURATION_SET: mailSet },
      token: { TOKEN_KEY_ID: data.tokenKey.keyId },
      releases: { RELEASES_BUCKET: data.releases.bucketName },
      tools: { LOOPBACK_TOOLS: settings.loopbackTools ? 'allowed' : 'refused' } as const,
      bus: { EVENT_BUS_NAME: data.bus.eventBusName },
    },
    add: <F extends FunctionName>(
      name: F,
      rest: Omit<GovernedFunctionProps<F>, 'name' | 'settings'>,
    ): IFunction => new GovernedFunction(stack, constructIdOf(name), { name, settings, ...rest }).function,
  };
}

/** `execute-action` becomes `ExecuteAction`. */
function constructIdOf(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase());
}
