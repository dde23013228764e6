import type { CommandDeclaration, OptionDeclaration } from '../../command-line/declaration.ts'
import { globalOptions } from '../../command-line/global-options.ts'

interface Flag {
  /** `--range`, `-r`. */
  readonly names: readonly string[]
  readonly description: string
  /** `file`: the shell completes paths; `choice`: one of `choices`. */
  readonly value: 'none' | 'file' | 'text' | 'choice'
  readonly choices: readonly string[]
}

interface Completed {
  /** `lock release`; '' for what stands before a command. */
  readonly path: string
  readonly description: string
  readonly subcommands: readonly (readonly [string, string])[]
  readonly flags: readonly Flag[]
  /** Whether its words name revisions. */
  readonly targets: boolean
}

function flagOf({ flags, description, choices = [] }: OptionDeclaration): Flag {
  const names = [...flags.matchAll(/(?<![\w-])--?[a-z][a-z-]*/g)].map(([name]) => name)
  const value = /[<[](\w+)/.exec(flags)?.[1]
  const kind =
    choices.length > 0 ? 'choice' : value === undefined ? 'none' : /file|folder|path/.test(value) ? 'file' : 'text'
  return { names, description, value: kind, choices }
}

const common = globalOptions.map(flagOf)

function completedOf(declaration: CommandDeclaration, above: string): readonly Completed[] {
  const { name, summary, options = [], subcommands = [] } = declaration
  const path = above === '' ? name : `${above} ${name}`
  return [
    {
      path,
      description: summary,
      subcommands: subcommands.map((each) => [each.name, each.summary]),
      flags: options.map(flagOf),
      targets: (declaration.arguments ?? []).some((each) => /target|revision|head/.test(each.name)),
    },
    ...subcommands.flatMap((each) => completedOf(each, path)),
  ]
}

function everything(commands: readonly CommandDeclaration[]): readonly Completed[] {
  const root: Completed = {
    path: '',
    description: '',
    subcommands: [...commands.map((each) => [each.name, each.summary] as const), ['help', 'what a command does']],
    flags: [],
    targets: false,
  }
  return [root, ...commands.flatMap((each) => completedOf(each, ''))]
}

/** In single quotes for every shell: what would end them is left out, it is only read by people. */
const quoted = (text: string): string => `'${text.replaceAll("'", '’').replaceAll('\\', '/')}'`

const namesOf = (flags: readonly Flag[]): string => flags.flatMap(({ names }) => names).join(' ')
const taking = (all: readonly Completed[], value: Flag['value']): readonly string[] => [
  ...new Set(
    [...common, ...all.flatMap(({ flags }) => flags)]
      .filter((each) => each.value === value)
      .flatMap(({ names }) => names),
  ),
]

/** What is the same in bash and in zsh: a table of what may follow. */
function cases(all: readonly Completed[]): string {
  return all
    .map(({ path, subcommands, flags, targets }) => {
      const plain = subcommands.map(([word]) => word).join(' ')
      return `    ${quoted(path)}) plain=${quoted(plain)} flags=${quoted(namesOf(flags))} targets=${targets ? 'yes' : ''} ;;`
    })
    .join('\n')
}

function choiceCases(all: readonly Completed[], indent: string, act: (choices: string) => string): string {
  const flags = [...common, ...all.flatMap((each) => each.flags)].filter(({ value }) => value === 'choice')
  return flags
    .map(({ names, choices }) => `${indent}${names.join('|')}) ${act(quoted(choices.join(' ')))} ;;\n`)
    .join('')
}

function walk(all: readonly Completed[], word: string): string {
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  const valued = [...taking(all, 'file'), ...taking(all, 'text'), ...taking(all, 'choice')]
  return `    if [[ -n $skip ]]; then skip=; continue; fi
    case ${word} in
      ${valued.join('|')}) skip=yes ;;
      -*) ;;
      *) case "\${command:+$command }${word}" in
        ${paths.join('|')}) command="\${command:+$command }${word}" ;;
      esac ;;
    esac`
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is text of a shell
const inBash = '${COMP_WORDS[at]}'

function bash(all: readonly Completed[]): string {
  return `# bash completion of migrate: source <(migrate completion bash)
_migrate() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= skip= plain= flags= targets= at
  COMPREPLY=()
  case $prev in
    ${taking(all, 'file').join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
${choiceCases(all, '    ', (choices) => `COMPREPLY=($(compgen -W ${choices} -- "$cur")); return`)}    ${taking(all, 'text').join('|')}) return ;;
  esac
  for ((at = 1; at < COMP_CWORD; at++)); do
${walk(all, inBash)}
  done
  case $command in
${cases(all)}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags ${namesOf(common)} --help" -- "$cur"))
    return
  fi
  if [[ -n $targets ]]; then plain="$plain $("\${COMP_WORDS[0]}" completion --targets 2>/dev/null)"; fi
  if [[ $command == completion ]]; then plain='bash zsh fish'; fi
  COMPREPLY=($(compgen -W "$plain" -- "$cur"))
}
complete -F _migrate migrate
`
}

function zsh(all: readonly Completed[]): string {
  return `#compdef migrate
# zsh completion of migrate: source <(migrate completion zsh)
_migrate() {
  local cur=$words[CURRENT] prev=$words[CURRENT-1] command= skip= plain= flags= targets= at
  case $prev in
    ${taking(all, 'file').join('|')}) _files; return ;;
${choiceCases(all, '    ', (choices) => `compadd -- \${=:-${choices}}; return`)}    ${taking(all, 'text').join('|')}) return ;;
  esac
  for ((at = 2; at < CURRENT; at++)); do
${walk(all, '$words[at]')}
  done
  case $command in
${cases(all)}
  esac
  if [[ $cur == -* ]]; then
    compadd -- \${=flags} ${namesOf(common)} --help
    return
  fi
  if [[ -n $targets ]]; then plain="$plain $("$words[1]" completion --targets 2>/dev/null)"; fi
  if [[ $command == completion ]]; then plain='bash zsh fish'; fi
  compadd -- \${=plain}
}
compdef _migrate migrate
`
}

function fishFlag(flag: Flag, condition: string): string {
  const names = flag.names
    .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(' ')
  const values: { readonly [V in Flag['value']]: string } = {
    none: '',
    file: ' -r -F',
    text: ' -x',
    choice: ` -x -a ${quoted(flag.choices.join(' '))}`,
  }
  return `complete -c migrate ${condition}${names}${values[flag.value]} -d ${quoted(flag.description)}`
}

function fish(all: readonly Completed[]): string {
  const lines = ['# fish completion of migrate: migrate completion fish | source', 'complete -c migrate -f']
  for (const { path, subcommands, flags, targets } of all) {
    const [name = '', sub] = path.split(' ')
    const guard = path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${name}`
    const condition = `-n ${quoted(sub === undefined ? guard : `${guard}; and __fish_seen_subcommand_from ${sub}`)} `
    for (const [word, description] of subcommands)
      lines.push(`complete -c migrate ${condition}-a ${quoted(word)} -d ${quoted(description)}`)
    for (const flag of flags) lines.push(fishFlag(flag, condition))
    if (targets) lines.push(`complete -c migrate ${condition}-a '(migrate completion --targets 2>/dev/null)'`)
    if (path === 'completion') lines.push(`complete -c migrate ${condition}-a 'bash zsh fish'`)
  }
  for (const flag of common) lines.push(fishFlag(flag, ''))
  return `${lines.join('\n')}\n`
}

const shells = { bash, zsh, fish } as const
type Shell = keyof typeof shells

export function isShell(word: string | undefined): word is Shell {
  return word !== undefined && Object.hasOwn(shells, word)
}

/** The script of a shell, made of what is declared of the commands. */
export function completionScript(shell: Shell, commands: readonly CommandDeclaration[]): string {
  return shells[shell](everything(commands))
}
