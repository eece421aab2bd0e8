import { html } from 'hono/html';
import { type Html, page } from '../page-frame.ts';

const title = 'Sign in to your inbox';

/** Where to send a code; the same for everybody. With the company's own provider, a way there. */
export function signInPage({ oidc, problem }: { oidc: boolean; problem?: string }): Html {
  return page(
    title,
    html`<form class="card" method="post" action="/inbox/sign-in" aria-labelledby="sign-in">
        <h1 id="sign-in">${title}</h1>
        ${problem === undefined ? '' : html`<p class="notice" role="alert">${problem}</p>`}
        <label for="email">Your e-mail address</label>
        <input id="email" name="email" type="email" maxlength="320" autocomplete="email" required />
        <div class="buttons"><button class="plain">Send me a code</button></div>
      </form>
      ${oidc ? html`<p class="card"><a href="/inbox/oidc/start">Sign in with your company’s account</a></p>` : ''}
      <p class="dim">
        You signed in before and came here from another site or a mail? <a href="/inbox">Open your inbox</a>
      </p>`,
  );
}

/** Where to type the code: it says the same whether the address is anyone's or nobody's. */
export function codePage(email: string, problem?: string): Html {
  return page(
    title,
    html`<form class="card" method="post" action="/inbox/code" aria-labelledby="code-title">
        <h1 id="code-title">${title}</h1>
        ${
          problem === undefined
            ? html`<p role="status">If we know ${email}, a code is on its way there.</p>`
            : html`<p class="notice" role="alert">${problem}</p>`
        }
        <input type="hidden" name="email" value="${email}" />
        <label for="code">The code in the mail <span class="dim">(8 digits)</span></label>
        <input
          id="code"
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="12"
          required
        />
        <div class="buttons"><button class="plain">Sign in</button></div>
      </form>
      <p class="dim"><a href="/inbox">Ask for another code</a></p>`,
  );
}
