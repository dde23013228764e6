import type { PostgresClient } from '@org/migrate-dialect-postgres'
import { type WsModule, websocketProxy } from '../../../kit/websocket-proxy.ts'

/** What is used of `@neondatabase/serverless` (https://github.com/neondatabase/serverless), which this repository doesn't install. */
interface NeonModule {
  readonly neonConfig: {
    webSocketConstructor: WsModule['WebSocket']
    wsProxy: (host: string, port: number | string) => string
    useSecureWebSocket: boolean
    pipelineConnect: false | 'password'
  }
  readonly Pool: new (options: { readonly connectionString: string }) => PostgresClient & { end(): Promise<void> }
}

/** Neon's driver over a WebSocket, and a proxy of ours in place of Neon's. */
export async function neon(): Promise<{
  pool(url: string): InstanceType<NeonModule['Pool']>
  end(): void
}> {
  const [serverless, webSockets] = ['@neondatabase/serverless', 'ws']
  const ws = (await import(webSockets as string)) as WsModule
  const { neonConfig, Pool } = (await import(serverless as string)) as NeonModule
  const proxy = await websocketProxy(ws)
  Object.assign(neonConfig, {
    webSocketConstructor: ws.WebSocket,
    wsProxy: (host: string, port: number | string) => `${proxy.host}/?address=${host}:${port}`,
    useSecureWebSocket: false,
    // It would send the password before the server asks for it.
    pipelineConnect: false,
  } satisfies NeonModule['neonConfig'])
  return { pool: (url) => new Pool({ connectionString: url }), end: proxy.end }
}
