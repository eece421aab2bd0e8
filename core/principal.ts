/** The IAM role or user behind a caller's ARN: a session is its role, whatever it calls itself; anyone else is nobody. */
export function principalOf(userArn: string): string | undefined {
  const session = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(userArn);
  if (session) return `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
  return /^arn:aws[a-z-]*:iam::\d{12}:user\/./.test(userArn) ? userArn : undefined;
}
