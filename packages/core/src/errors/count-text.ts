/** A noun with its article: `an index users_email`, `a table users`. */
export function withArticle(noun: string): string {
  return `${/^(?!uni|use|uuid)[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

/** A count with its noun: `1 revision`, `2 revisions`. */
export function counted(count: number | bigint, noun: string, many = `${noun}s`): string {
  return `${count} ${Number(count) === 1 ? noun : many}`
}
