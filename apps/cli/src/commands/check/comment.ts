import { readFileSync } from 'node:fs'
import { thrownMessage } from '@org/migrate-core/dialect'
import { commentMarker } from './ci-formats.ts'

/** A server that has comments of a change. */
interface CommentServer {
  readonly list: string
  readonly headers: Readonly<Record<string, string>>
  /** How an existing comment is replaced. */
  replace(id: number): readonly [method: 'PATCH' | 'PUT', url: string]
}

/** https://docs.github.com/rest/issues/comments: those of a pull request are those of its issue. */
function gitHub(env: NodeJS.ProcessEnv): CommentServer {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_EVENT_PATH: path, GITHUB_TOKEN: token } = env
  const event =
    path === undefined ? {} : (JSON.parse(readFileSync(path, 'utf8')) as { pull_request?: { number?: number } })
  const number = event.pull_request?.number
  if (number === undefined) throw new Error('this is no run of a pull request')
  if (!token) throw new Error('GITHUB_TOKEN is not set')
  const issues = `${api}/repos/${repository}/issues`
  return {
    list: `${issues}/${number}/comments`,
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
    replace: (id) => ['PATCH', `${issues}/comments/${id}`],
  }
}

/** https://docs.gitlab.com/api/notes/: the token of a job may not write them. */
function gitLab(env: NodeJS.ProcessEnv): CommentServer {
  const { CI_API_V4_URL: api, CI_PROJECT_ID: id, CI_MERGE_REQUEST_IID: number, GITLAB_TOKEN: token } = env
  if (number === undefined) throw new Error('this is no pipeline of a merge request')
  if (!token) throw new Error('GITLAB_TOKEN is not set')
  const list = `${api}/projects/${id}/merge_requests/${number}/notes`
  return { list, headers: { 'private-token': token }, replace: (note) => ['PUT', `${list}/${note}`] }
}

function serverOf(env: NodeJS.ProcessEnv): CommentServer {
  if (env.GITHUB_ACTIONS === 'true') return gitHub(env)
  if (env.GITLAB_CI === 'true') return gitLab(env)
  throw new Error('neither GitHub Actions nor GitLab CI runs this')
}

const patienceMs = 30_000
const pageSize = 100

async function ask(url: string, headers: CommentServer['headers'], method = 'GET', body?: string): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(patienceMs),
    ...(body === undefined ? {} : { body: JSON.stringify({ body }) }),
  })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${response.statusText}`)
  return response.json()
}

/** The comment that an earlier run wrote. */
async function earlier({ list, headers }: CommentServer): Promise<number | undefined> {
  for (let page = 1; ; page += 1) {
    const comments = (await ask(`${list}?per_page=${pageSize}&page=${page}`, headers)) as readonly {
      readonly id: number
      readonly body?: string
    }[]
    const found = comments.find(({ body }) => body?.startsWith(commentMarker))
    if (found !== undefined) return found.id
    if (comments.length < pageSize) return undefined
  }
}

/** Writes the text beside the change, in place of what an earlier run wrote. Gives why it could not: what was found is the same. */
export async function writeComment(env: NodeJS.ProcessEnv, text: string): Promise<string | undefined> {
  try {
    const server = serverOf(env)
    const id = await earlier(server)
    const [method, url] = id === undefined ? (['POST', server.list] as const) : server.replace(id)
    await ask(url, server.headers, method, text)
    return undefined
  } catch (error) {
    return thrownMessage(error)
  }
}
