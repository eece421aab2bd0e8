import * as z from 'zod';
import { name } from '../id.ts';

/** Where a bearer of the client's secret gets tokens: OAuth 2 client credentials (RFC 6749, 4.4). */
const oauth2Auth = z.strictObject({
  type: z.literal('oauth2'),
  tokenUrl: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1).max(256),
  secret: z.string().min(1).max(512),
  scope: z.string().min(1).max(512).optional(),
  audience: z.string().min(1).max(512).optional(),
});

/** How requests prove who we are. `secret` names a Secrets Manager secret; its value goes nowhere else. */
const systemAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), secret: z.string().min(1).max(512) }),
  z.strictObject({
    type: z.literal('basic'),
    username: z.string().min(1).max(256),
    secret: z.string().min(1).max(512),
  }),
  z.strictObject({
    type: z.literal('api-key'),
    in: z.enum(['header', 'query']),
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/),
    secret: z.string().min(1).max(512),
  }),
  oauth2Auth,
]);
export type SystemAuth = z.infer<typeof systemAuth>;

/** A system tools reach: where it is, which hosts are allowed and which secret opens it. Only the centre makes systems. */
export const systemManifest = z.strictObject({
  kind: z.literal('System'),
  id: name,
  title: z.string().min(1).max(100),
  /** Where HTTP tools of this system are; its host is the allow-list. `http:` is for loopback alone. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** How requests authenticate: the value of this Secrets Manager secret as a bearer token. Short for `auth`. */
  bearerSecret: z.string().min(1).max(512).optional(),
  auth: systemAuth.optional(),
  /** Private networks its host may resolve to, as CIDR; without it only public addresses are connected to. */
  privateNetworks: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .max(20)
    .optional(),
});
export type System = Omit<z.infer<typeof systemManifest>, 'kind'>;
