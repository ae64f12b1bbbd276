import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ssh2 from 'ssh2';
import { expect, test, type Slipway } from '../fixtures.ts';
import { ClustersScreen } from '../pages/ClustersScreen.ts';
import { Shell } from '../pages/Shell.ts';
import { AskingServer } from '../sshServer.ts';

async function writeSshConfig(slipway: Slipway, text: string): Promise<void> {
  await mkdir(path.join(slipway.home, '.ssh'), { recursive: true, mode: 0o700 });
  await writeFile(path.join(slipway.home, '.ssh', 'config'), text, { mode: 0o600 });
  // only a key that is there is taken over
  await writeFile(path.join(slipway.home, '.ssh', 'hpc'), ssh2.utils.generateKeyPairSync('ed25519').private, {
    mode: 0o600,
  });
}

async function openClusters(slipway: Slipway): Promise<ClustersScreen> {
  const shell = new Shell(await slipway.open());
  await shell.isReady();
  await shell.goTo('Clusters');
  return new ClustersScreen(shell.page);
}

const CONFIG = `
Host cori
  HostName login.cori.example.org
  User ada
  Port 2222
  IdentityFile ~/.ssh/hpc
  ProxyJump gate
Host gate
  HostName gate.example.org
  User guest
Host juno
  HostName juno.example.org
Match exec "touch pwned"
  User mallory
`;

test.describe('adding clusters', () => {
  test('a name of the SSH configuration is looked at, then saved', async ({ slipway }) => {
    await writeSshConfig(slipway, CONFIG);
    const clusters = await openClusters(slipway);
    await clusters.add('From your SSH configuration…');
    const line = clusters.importList.getByRole('row', { name: /cori/ });
    await expect(line).toContainText('ada@login.cori.example.org:2222');
    await expect(line).toContainText('guest@gate.example.org:22');
    await clusters.importList.getByRole('button', { name: /not taken over/ }).click();
    await expect(clusters.importList).toContainText('touch pwned');

    await line.getByRole('button', { name: 'Look at it…' }).click();
    await expect(clusters.field('Name')).toHaveValue('cori');
    await expect(clusters.form.getByRole('combobox')).toHaveValue('login.cori.example.org');
    await expect(clusters.form.getByLabel(/^Path of the private key/).first()).toHaveValue(/\.ssh\/hpc$/);
    await clusters.field('Name').fill('Cori');
    await clusters.form.getByRole('button', { name: 'Save' }).click();
    await expect(clusters.detail).toContainText('via gate.example.org');
    await expect(clusters.link('Cori')).toBeVisible();
  });

  test('several names are found by typing and added together', async ({ slipway }) => {
    await writeSshConfig(slipway, CONFIG);
    const clusters = await openClusters(slipway);
    await clusters.add('From your SSH configuration…');
    await clusters.importList.getByRole('checkbox', { name: 'Mark juno' }).check();
    await clusters.page.getByRole('searchbox').fill('gate.example');
    await expect(clusters.importList.getByRole('row', { name: /juno/ })).toHaveCount(0);
    await clusters.importList.getByRole('checkbox', { name: 'Mark gate' }).check();
    await clusters.importList.getByRole('button', { name: 'Add 2 clusters' }).click();
    await expect(clusters.link('juno')).toBeVisible();
    await expect(clusters.link('gate')).toBeVisible();
  });

  test('settings are tested before they are saved, and the step that failed says what to do', async ({ slipway }) => {
    const clusters = await openClusters(slipway);
    const gone = await AskingServer.start([]);
    await gone.stop();
    await clusters.add('By hand…');
    await clusters.field('Host').fill('127.0.0.1');
    await clusters.field('Port').fill(String(gone.port));
    await clusters.field('User').fill('ada');
    await clusters.test();
    await expect(clusters.step('tcp')).toHaveAttribute('data-outcome', 'failed');
    await expect(clusters.step('slurm')).toHaveAttribute('data-outcome', 'skipped');
    await expect(clusters.page.getByTestId('test-verdict')).toContainText('Reach the server');
    await clusters.step('tcp').getByRole('button', { name: 'Edit the settings' }).click();
    await expect(clusters.form.getByRole('combobox')).toBeFocused();
  });
});

test.describe('logging in', () => {
  test('rounds of questions come in the server’s own words, in one dialog', async ({ slipway }) => {
    const server = await AskingServer.start([
      {
        title: 'Cori login',
        instructions: 'Two steps.\nFirst your password.',
        label: 'Password: ',
        echo: false,
        answer: 'secret',
      },
      { title: '', instructions: 'Push sent to phone 42', label: 'Code from the app: ', echo: true, answer: '123456' },
    ]);
    try {
      const clusters = await openClusters(slipway);
      await clusters.addByQuestions('Asks', server.port);
      await clusters.connect();
      await expect(clusters.dialog).toContainText(server.fingerprint);
      await clusters.dialog.getByRole('button', { name: 'It is right: connect' }).click();

      await expect(clusters.dialog).toContainText('First your password.');
      await expect(clusters.dialog).toContainText('ada@127.0.0.1');
      await expect(clusters.dialog).toContainText('left to answer');
      const password = clusters.dialog.getByLabel('Password:');
      await expect(password).toBeFocused();
      await expect(password).toHaveAttribute('type', 'password');
      await password.fill('secret');
      await password.press('Enter');

      await expect(clusters.dialog).toContainText('Push sent to phone 42');
      const code = clusters.dialog.getByLabel('Code from the app:');
      await expect(code).toBeFocused();
      await expect(code).toHaveAttribute('type', 'text');
      await expect(clusters.dialog.getByRole('checkbox')).toBeDisabled();
      await code.fill('123456');
      await code.press('Enter');
      await expect(clusters.dialog).toHaveCount(0);
      expect(server.refused).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  test('Escape gives the attempt up', async ({ slipway }) => {
    const server = await AskingServer.start([
      { title: '', instructions: '', label: 'Code: ', echo: true, answer: '1' },
    ]);
    try {
      const clusters = await openClusters(slipway);
      await clusters.addByQuestions('Asks', server.port);
      await clusters.connect();
      await clusters.dialog.getByRole('button', { name: 'It is right: connect' }).click();
      await expect(clusters.dialog.getByLabel('Code:')).toBeFocused();
      await clusters.page.keyboard.press('Escape');
      await expect(clusters.dialog).toHaveCount(0);
      await expect(clusters.detail.getByTestId('connection').first()).not.toHaveText('ready');
      expect(server.refused).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  test('a changed key shows both fingerprints, and only removing the old one on purpose leads on', async ({
    slipway,
  }) => {
    const questions = [{ title: '', instructions: '', label: 'Code: ', echo: true, answer: '1' }];
    const before = await AskingServer.start(questions);
    const clusters = await openClusters(slipway);
    await clusters.addByQuestions('Reinstalled', before.port);
    await clusters.connect();
    await clusters.dialog.getByRole('button', { name: 'It is right: connect' }).click();
    await expect(clusters.dialog.getByLabel('Code:')).toBeFocused();
    await clusters.page.keyboard.press('Escape');
    await expect(clusters.dialog).toHaveCount(0);
    await before.stop();

    const after = await AskingServer.start(questions, before.port);
    try {
      await clusters.connect();
      await expect(clusters.changedKey).toContainText(before.fingerprint);
      await expect(clusters.changedKey).toContainText(after.fingerprint);
      await expect(clusters.changedKey).toContainText('known_hosts, line 1');

      await clusters.changedKey.getByRole('button', { name: 'Remove the old key…' }).click();
      const remove = clusters.dialog.getByRole('button', { name: 'Remove the old key' });
      await expect(remove).toBeDisabled();
      await clusters.dialog.getByRole('checkbox').check();
      await remove.click();
      await expect(clusters.changedKey).toContainText('The old key was removed');

      await clusters.changedKey.getByRole('button', { name: 'Connect' }).click();
      await expect(clusters.dialog).toContainText(after.fingerprint);
      await clusters.dialog.getByRole('button', { name: 'Do not connect' }).click();
    } finally {
      await after.stop();
    }
  });
});

test.describe('knowing the cluster @slurm', () => {
  test('what is free, what is mine and what was run are on its page', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await shell.launch.field('Run for').fill('110');
    await shell.launch.field('Run for').blur();
    await shell.launch.submit();
    await shell.launch.jobReaches('running');

    await shell.goTo('Clusters');
    const clusters = new ClustersScreen(shell.page);
    await clusters.open((await shell.currentCluster.innerText()).trim());
    await expect(clusters.partitions.getByRole('img', { name: /in use, .* free/ }).first()).toBeVisible();
    await expect(clusters.detail.getByTestId('my-jobs')).toContainText(/1\s*running/, { timeout: 30_000 });
    await expect(clusters.detail.getByTestId('ages')).toContainText('Use: just now');
    await clusters.showTab('Accounts and QOS');
    await expect(clusters.detail.getByRole('heading', { name: 'My accounts' })).toBeVisible();
    await clusters.showTab('What Slipway ran');
    await expect(
      clusters.detail
        .getByTestId('commands')
        .getByRole('row', { name: /sbatch.*submitting/ })
        .first(),
    ).toBeVisible();

    await clusters.showTab('Overview');
    await clusters.detail.getByRole('button', { name: 'Show in Jobs' }).click();
    await shell.jobs.stateOf('hello', 'running');
  });

  test('each step of the connection test is told, and can be copied into a ticket', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await shell.goTo('Clusters');
    const clusters = new ClustersScreen(shell.page);
    await clusters.open((await shell.currentCluster.innerText()).trim());
    await clusters.test();
    await expect(clusters.page.getByTestId('test-verdict')).toContainText(/Every step passed|It works/, {
      timeout: 60_000,
    });
    for (const step of ['tcp', 'hostKey', 'login', 'shell', 'slurm', 'runRoot'])
      await expect(clusters.step(step)).toHaveAttribute('data-outcome', /ok|warn/);
    await clusters.detail.getByRole('button', { name: 'Copy for a ticket' }).click();
    await expect.poll(() => slipway.clipboard()).toContain('Find Slurm');
    await clusters.detail.getByRole('button', { name: 'Close the test' }).click();
    await expect(clusters.page.getByTestId('test-steps')).toHaveCount(0);
  });
});
