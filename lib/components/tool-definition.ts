/** What agents may call and rules look at, as the manifest of kind `Tool` says it; see docs/governance.md. */
export type ToolDefinition = {
  /** Dotted words, the system first: `shipping.track_parcel`. */
  readonly name: string;
  readonly title: string;
  /** What agents choose it by. @default none */
  readonly description?: string;
  /** The `System` it belongs to, which the centre makes. */
  readonly system: string;
  /** Whether agents of every unit may be permitted it. @default false */
  readonly shared?: boolean;
  /** What repeating a call does. `keyed` promises to do a thing once for each `idempotencyKey`. */
  readonly effect: 'read' | 'keyed' | 'at-most-once';
  /** Cedar action groups: `read`, `write`, `payment`. */
  readonly groups: readonly string[];
  /** JSON Schema of its input: an object. */
  readonly input: Readonly<Record<string, unknown>>;
  /** JSON Schema of its answer. @default any */
  readonly output?: Readonly<Record<string, unknown>>;
  /** Input fields that hold a decimal amount and its currency. @default none */
  readonly amount?: { readonly value: string; readonly currency: string };
  /** Seconds a call may take. @default 10 */
  readonly timeoutSeconds?: number;
  /** The person who answers for it. @default nobody but its unit */
  readonly owner?: string;
  /** The team's own name for this state of it. @default the hash of its definition alone */
  readonly version?: string;
  /** What its data is. @default unsaid */
  readonly classification?: 'public' | 'internal' | 'confidential' | 'restricted';
  /** Whatever else its manifest may say, as schemas/manifest.schema.json has it. @default nothing */
  readonly further?: Readonly<Record<string, unknown>>;
};
