import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

export interface LoginQuestion {
  /** The server's own words. */
  readonly title: string;
  readonly instructions: string;
  readonly label: string;
  readonly echo: boolean;
  readonly answer: string;
}

/** An SSH server of this process that asks question after question and then has nothing to offer: for what happens before a shell. */
export class AskingServer {
  readonly port: number;
  readonly fingerprint: string;
  /** Answers that were wrong. */
  readonly refused: string[] = [];
  readonly #server: ssh2.Server;

  private constructor(server: ssh2.Server, fingerprint: string, refused: string[]) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.fingerprint = fingerprint;
    this.refused = refused;
  }

  /** Each one has a key of its own. `port` 0: any that is free. */
  static async start(questions: readonly LoginQuestion[], port = 0): Promise<AskingServer> {
    const key = ssh2.utils.generateKeyPairSync('ed25519');
    // `ssh-ed25519 AAAA…`: the second word is what a fingerprint is of
    const blob = Buffer.from(key.public.split(' ')[1] ?? '', 'base64');
    const refused: string[] = [];
    const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        if (context.method !== 'keyboard-interactive') {
          context.reject(['keyboard-interactive']);
          return;
        }
        const ask = (left: readonly LoginQuestion[]): void => {
          const [question, ...rest] = left;
          if (question === undefined) {
            context.accept();
            return;
          }
          context.prompt(
            [{ prompt: question.label, echo: question.echo }],
            question.title,
            question.instructions,
            ([answer = '']) => {
              if (answer === question.answer) {
                ask(rest);
                return;
              }
              refused.push(answer);
              context.reject(['keyboard-interactive']);
            },
          );
        };
        ask(questions);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve());
    });
    return new AskingServer(
      server,
      `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
      refused,
    );
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
