/** As much of ssh2-sftp-client as tests and benches use; the package brings no types. */
declare module 'ssh2-sftp-client' {
  export default class SftpClient {
    connect(options: { host: string; port: number; username: string; privateKey: Buffer }): Promise<unknown>;
    realPath(path: string): Promise<string>;
    exists(path: string): Promise<false | string>;
    mkdir(path: string, recursive?: boolean): Promise<string>;
    rmdir(path: string, recursive?: boolean): Promise<string>;
    put(data: Buffer, path: string): Promise<string>;
    fastPut(localPath: string, path: string): Promise<string>;
    append(data: Buffer, path: string): Promise<string>;
    get(path: string): Promise<Buffer>;
    rename(from: string, to: string): Promise<string>;
    posixRename(from: string, to: string): Promise<string>;
    chmod(path: string, mode: number): Promise<string>;
    stat(path: string): Promise<{ size: number; mode: number; isFile: boolean }>;
    list(path: string): Promise<{ type: string; name: string }[]>;
    end(): Promise<boolean>;
  }
}
