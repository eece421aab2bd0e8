import * as z from 'zod';

/** An answer with its body read: a problem, a view or a page. */
export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
};

const document = z.record(z.string(), z.unknown());

/** Reads a response whole; what is not JSON has an empty `body` and its `text`. */
export async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body = isJson ? document.parse(JSON.parse(text)) : {};
  return { status: response.status, headers: response.headers, text, body };
}

/** What API Gateway puts beside an IAM-signed request. */
export const signedBy = (userArn: string) => ({
  event: { requestContext: { authorizer: { iam: { userArn } } } },
});
