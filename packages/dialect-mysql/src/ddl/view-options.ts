import { unsupported } from '../sql/quote.ts'

/** What CREATE VIEW may state, and what a view has that does not state it. */
const options = {
  algorithm: { values: ['undefined', 'merge', 'temptable'], usual: 'undefined' },
  sql_security: { values: ['definer', 'invoker'], usual: 'definer' },
  check_option: { values: ['none', 'local', 'cascaded'], usual: 'none' },
} as const

type Option = keyof typeof options

const isOption = (name: string): name is Option => Object.hasOwn(options, name)

/**
 * The options of a view, without those that every new view has. Nothing where the server does not show one. The definer is none of them:
 * it is a user of that server, and a view keeps its own.
 * https://dev.mysql.com/doc/refman/8.4/en/create-view.html
 */
export function viewOptions(given: { readonly [option: string]: string }): { readonly [option: string]: string } {
  const entries = Object.entries(given).flatMap(([name, value]): [string, string][] => {
    if (!isOption(name))
      throw unsupported(`the view option ${name}`, `a view has ${Object.keys(options).join(', ')} here`)
    const { values, usual } = options[name]
    const word = value.toLowerCase()
    if (word === '' || word === usual) return []
    if (values.some((each) => each === word)) return [[name, word]]
    throw unsupported(`${name} ${value} of a view`, `it is one of ${values.join(', ')}`)
  })
  return Object.fromEntries(entries)
}
