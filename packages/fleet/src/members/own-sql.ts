import type { Plan } from '@org/migrate-core'

/** What an SQL text can do outside the schema of its member, and what no run can see of it beforehand. */
const signs: readonly (readonly [sign: RegExp, what: string])[] = [
  [
    /search_path|set_config|\bset\s+(?:local\s+|session\s+)?(?:schema|role)\b|\buse\s+[\w`"]/i,
    'changes the schema of the session',
  ],
  [/\bexecute\b|\bcall\s+[\w`"]|\bdo\s+(?:language\b|\$|')/i, 'runs SQL that its text does not show'],
  [
    /\bcreate\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?(?:function|procedure)\b/i,
    'defines a function whose body is not read',
  ],
  [
    /\b(?:from|join|into|update|table|view|references|index|truncate|sequence|exists|on)\s+(?:only\s+)?(?:"[^"]+"|`[^`]+`|[a-z_]\w*)\s*\.\s*["`a-z_]/i,
    'names another schema',
  ],
]

/** Comments and values are no part of it. */
const withoutValues = (sql: string): string =>
  sql
    .replace(/--[^\n]*|\/\*(?![!M])[\s\S]*?\*\//g, ' ')
    .replace(/'(?:[^']|'')*'/g, (value) => (/search_path/i.test(value) ? value : "''"))

/** The statements of a plan in the author's own SQL that may reach what is not their member's, with the reason. */
export function unprovenStatements({ steps }: Plan): readonly string[] {
  return steps.flatMap(({ tier, revision, operations }) =>
    operations.flatMap(({ operation, statements }) =>
      operation.kind === 'sql'
        ? statements.flatMap(({ sql }) => {
            const text = withoutValues(sql)
            const found = signs.filter(([sign]) => sign.test(text)).map(([, what]) => what)
            return found.length === 0 ? [] : [`${tier}:${revision} ${found.join(', ')}: ${sql.trim().slice(0, 200)}`]
          })
        : [],
    ),
  )
}
