/** Shorter ones would take ordinary words apart; inside a URL they are found by their place. */
const shortest = 4
const credentials = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*):([^\s'"]*)@/gi
const parameter = /([?&](?:password|pwd|key|sslpassword)=)[^&\s'"]+/gi
const variables = ['DATABASE_PASSWORD', 'PGPASSWORD', 'MYSQL_PWD']

/** Takes passwords out of texts: those of URLs by where they stand, those that are known also anywhere else. */
export class Secrets {
  readonly #known = new Set<string>()

  constructor(env: NodeJS.ProcessEnv, args: readonly string[]) {
    for (const name of variables) this.learn(env[name])
    for (const text of [...args, ...Object.values(env)]) if (text?.includes('://')) this.learnFrom(text)
  }

  /** Remembers the password of a database URL. */
  learnFrom(url: string): void {
    for (const [, , password] of url.matchAll(credentials)) this.learn(password)
    for (const [found] of url.matchAll(parameter)) this.learn(found.slice(found.indexOf('=') + 1))
  }

  learn(secret: string | undefined): void {
    if (secret === undefined || secret.length < shortest) return
    this.#known.add(secret)
    this.#known.add(encodeURIComponent(secret))
    try {
      const plain = decodeURIComponent(secret)
      if (plain.length >= shortest) this.#known.add(plain)
    } catch {
      // Not percent-encoded.
    }
  }

  scrub(text: string): string {
    let clean = text.includes('://') ? text.replace(credentials, '$1:***@') : text
    if (clean.includes('=')) clean = clean.replace(parameter, '$1***')
    for (const secret of this.#known) if (clean.includes(secret)) clean = clean.replaceAll(secret, '***')
    return clean
  }
}
