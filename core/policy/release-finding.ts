import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicySource } from './release.ts';

/** What is wrong with a release, where, and what to do. */
export type ReleaseFinding = { readonly file: string; readonly line: number; readonly reason: string };

export type Place = { readonly file: string; readonly line: number };

/** How many people each approver group has now; unknown groups are absent. */
export type GroupSizes = Readonly<Record<string, number>>;

/** A policy as written and as the engine reads it. */
export type Parsed = { readonly source: PolicySource; readonly json: PolicyJson };

/** What a policy says about itself beside its conditions: `@name("value")`, and `null` where the value is missing. */
export type Annotations = Readonly<Record<string, string | null | undefined>>;
