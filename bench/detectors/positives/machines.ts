// Addresses of machines, and home directories.
import { allFakers } from '@faker-js/faker'
import { alphabets, type Random } from '../random.ts'
import type { Value } from '../sample.ts'

export function ipv4s(random: Random, count: number): Value[] {
  const list: Value[] = []
  for (let i = 0; i < count; i++) {
    // No loopback, no 0.…: nobody is found by those.
    const address = [
      random.pick([10, 172, 192, random.between(11, 126), random.between(128, 223)]),
      random.int(256),
      random.int(256),
      random.between(1, 254),
    ].join('.')
    const add = (form: string, written: string, secret = address): void =>
      void list.push({ detector: 'ipv4', form, written, secret, frames: 'any' })
    add('bare', address)
    add('port', `${address}:${random.between(1, 65535)}`)
    add('prefix length', `${address}/${random.pick([8, 16, 24, 32])}`)
    add('URL', `http://${address}:8080/x`)
    add('brackets', `[${address}]`)
    add('list', `${address}, 198.51.100.${random.between(1, 254)}`)
    add('range', `${address}-${address.replace(/\d+$/, '254')}`)
    add(
      'leading zeros',
      address
        .split('.')
        .map((part) => part.padStart(3, '0'))
        .join('.'),
      address
        .split('.')
        .map((part) => part.padStart(3, '0'))
        .join('.'),
    )
    add('ssh', `root@${address}`)
    add('quoted', `"${address}"`)
  }
  return list
}

export function ipv6s(random: Random, count: number): Value[] {
  const list: Value[] = []
  const group = (): string => random.hex(4).replace(/^0+(?=.)/, '')
  const groups = (n: number): string => Array.from({ length: n }, group).join(':')
  const global = (): string => random.pick(['2001', '2600', '2a02', '2804', '2409', 'fd12'])
  for (let i = 0; i < count; i++) {
    const full = `${global()}:${groups(7)}`
    const v4 = `${random.between(11, 120)}.${random.int(256)}.${random.int(256)}.${random.between(1, 254)}`
    const add = (form: string, before: string, secret: string, after = ''): void =>
      void list.push({ detector: 'ipv6', form, written: before + secret + after, secret, frames: 'any' })
    add('full', '', full)
    add(
      'padded',
      '',
      full
        .split(':')
        .map((part) => part.padStart(4, '0'))
        .join(':'),
    )
    add('shortened', '', `${global()}:${groups(random.between(1, 2))}::${groups(random.between(1, 3))}`)
    add('network', '', `${global()}:${groups(2)}::`, `/${random.pick([32, 48, 64])}`)
    add('capitals', '', full.toUpperCase())
    add('link-local, zone', '', `fe80::${groups(4)}`, `%${random.pick(['eth0', 'en0', 'wlan0', '12'])}`)
    add('brackets and port', '[', `${global()}:${groups(1)}::${groups(2)}`, `]:${random.between(1, 65535)}`)
    add('URL', 'http://[', full, ']:8080/x')
    add('mapped IPv4', '', `::ffff:${v4}`)
    add('NAT64', '', `64:ff9b::${v4}`)
  }
  return list
}

export function macs(random: Random, count: number): Value[] {
  const list: Value[] = []
  for (let i = 0; i < count; i++) {
    const digits = random.hex(12)
    const pairs = digits.match(/../g) ?? []
    const dotted = digits.match(/..../g)?.join('.') ?? ''
    const add = (form: string, written: string, frames: Value['frames'] = 'any'): void =>
      void list.push({ detector: 'mac', form, written, frames })
    add('colons', pairs.join(':'))
    add('colons, capitals', pairs.join(':').toUpperCase())
    add('dashes', pairs.join('-'))
    add('dashes, capitals', pairs.join('-').toUpperCase())
    if (/[a-f]/.test(dotted)) add('Cisco', dotted)
    add('bare, told', digits, 'mac')
  }
  return list
}

/** Names of users as faker's locales make them. */
function names(seed: number): string[] {
  return Object.entries(allFakers).flatMap(([locale, one]) => {
    if (locale === 'base') return []
    one.seed(seed)
    try {
      return [one.internet.username(), one.person.firstName().split(' ')[0]]
    } catch {
      return []
    }
  })
}

export function homePaths(random: Random, seed: number): Value[] {
  const list: Value[] = []
  const add = (form: string, before: string, name: string, after: string, frames: Value['frames'] = 'any'): void =>
    void list.push({ detector: 'home-path', form, written: before + name + after, secret: name, frames })
  for (const name of names(seed)) {
    if (name.length < 3) continue
    const rest = random.pick(['/app/main.py', '/.ssh/id_rsa', '/Library/Caches', '/go/src/x.go', '/.npm/_logs/a.log'])
    add('Linux', '/home/', name, rest)
    add('macOS', '/Users/', name, rest)
    add('file URL', 'file:///home/', name, '/notes.txt')
    add('WSL', '/mnt/c/Users/', name, '/project/a.ts')
    add('Git Bash', '/c/Users/', name, '/project/a.ts')
    add('other mounts', random.pick(['/var/home/', '/usr/home/', '/export/home/', '/data/home/']), name, rest)
    add('Windows', 'C:\\Users\\', name, random.pick(['\\AppData\\Local\\x.log', '\\Documents\\a.docx', '\\.ssh\\id']))
    add('Windows, other drive', 'D:\\Users\\', name, '\\x.txt')
    add('Windows, slashes', 'C:/Users/', name, '/x.txt')
    add('Windows, old', 'C:\\Documents and Settings\\', name, '\\Desktop\\x.txt')
    add('the directory itself', '/home/', name, '')
  }
  const two = (): string => {
    const one = random.of(alphabets.lower, 5)
    return `${one[0].toUpperCase()}${one.slice(1)} ${random.pick(['Silva', 'Schmidt', "O'Neil", 'de Souza', 'García'])}`
  }
  for (let i = 0; i < 40; i++) {
    add('Windows, two names', 'C:\\Users\\', two(), '\\AppData\\x.log')
    list.push({ detector: 'home-path', form: 'root', written: '/root/.bashrc', secret: '/root', frames: 'any' })
  }
  return list
}
