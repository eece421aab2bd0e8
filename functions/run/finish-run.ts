import * as z from 'zod';
import { actionId, runId } from '../../core/id.ts';
import { runResults } from '../../core/value/outcome.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { recordEnd } from './record-end.ts';

const registry = connectRegistry(readEnvironment('finish-run', process.env));

const payload = z.union([
  z.object({
    run: runId,
    result: z.enum(runResults),
    action: actionId.nullish(),
    output: z.unknown().optional(),
  }),
  z.object({
    run: runId,
    problem: z.object({ code: z.string(), detail: z.string() }),
    action: actionId.nullish(),
  }),
]);

/** Last step of a workflow machine: records how the run ended and what it was worth. Asked again, nothing changes. */
export const handler = async (event: unknown) => recordEnd(registry, payload.parse(event), new Date());
