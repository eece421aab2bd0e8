import { explanation, type ExplanationView } from '../../core/policy/release-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { ExplanationView };

export type DecisionAdmin = {
  /** Decides an action's latest decision again and tells what it came from. */
  explain(action: string): Promise<ExplanationView>;
};

export const decisionAdmin = (call: SignedCall): DecisionAdmin => ({
  explain: async (action) =>
    explanation.parse(await call('GET', `/v1/decisions/${encodeURIComponent(action)}`)),
});
