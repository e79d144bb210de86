// A port that leads to another one while it is open, and takes nobody in while it is shut: what a Kubernetes Service
// does until a pod says that it is ready.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Door {
  open(): void
  /** Connections that there are go on; new ones are cut. */
  shut(): void
  close(): void
}

/** Shut at first. */
export async function startDoor(port: number, target: number): Promise<Door> {
  const sockets = new Set<Socket>()
  let isOpen = false
  const server = createServer((incoming) => {
    if (!isOpen) {
      incoming.destroy()
      return
    }
    const outgoing = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ]) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    incoming.pipe(outgoing)
    outgoing.pipe(incoming)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    open() {
      isOpen = true
    },
    shut() {
      isOpen = false
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
