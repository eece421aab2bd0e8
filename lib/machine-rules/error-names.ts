import type { Rule } from './definition.ts';

/** Names AWS gives errors of JSONata machines and of the Lambda integration. */
const awsNames: readonly string[] = [
  'States.ALL',
  'States.BranchFailed',
  'States.DataLimitExceeded',
  'States.ExceedToleratedFailureThreshold',
  'States.HeartbeatTimeout',
  'States.Http.Socket',
  'States.ItemReaderFailed',
  'States.NoChoiceMatched',
  'States.Permissions',
  'States.QueryEvaluationError',
  'States.ResultWriterFailed',
  'States.TaskFailed',
  'States.Timeout',
  'Lambda.AWSLambdaException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.SdkClientException',
  'Lambda.ServiceException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/**
 * A misspelt name matches nothing and says nothing. `States.Runtime` is refused too, because no Retry and no Catch
 * ever sees it; `States.DataLimitExceeded` must be named, because `States.ALL` does not mean it.
 */
export const errorNames =
  (own: readonly string[]): Rule =>
  ({ Retry, Catch }) =>
    [Retry, Catch].flatMap((handlers) =>
      handlers.flatMap(({ ErrorEquals }, index) => [
        ...ErrorEquals.filter((name) => !awsNames.includes(name) && !own.includes(name)).map(explain),
        ...(!ErrorEquals.includes('States.ALL') || isLastAndAlone(ErrorEquals, index, handlers.length)
          ? []
          : ['matches States.ALL beside or before other names: it stands alone and last']),
      ]),
    );

const explain = (name: string) =>
  name === 'States.Runtime'
    ? 'matches States.Runtime, which cannot be retried or caught'
    : `matches ${name}, which is no error AWS or our functions give`;

const isLastAndAlone = (names: readonly string[], index: number, count: number) =>
  names.length === 1 && index === count - 1;
