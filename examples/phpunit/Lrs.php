<?php
// The control API of the service, as far as tests need it: worlds, learners and scenarios.

declare(strict_types=1);

/** One world of the service, deleted when told to. */
final class LrsWorld
{
    public readonly string $name;
    public readonly string $url;

    public function __construct(private readonly string $server, private readonly string $token = '')
    {
        $world = $this->call('POST', 'worlds', ['from' => 'demo']);
        $this->name = $world['name'];
        $this->url = $this->server . $world['prefix'];
    }

    /** The address of a service's WSDL. */
    public function wsdl(string $service): string
    {
        return "{$this->url}/{$service}.svc?wsdl";
    }

    /** Makes a learner; what is not said of it is invented. */
    public function learner(array $wanted = []): array
    {
        return $this->call('POST', "learners?world={$this->name}", (object) $wanted);
    }

    /** Sets a scenario of the catalogue, until it is removed or its world deleted. */
    public function scenario(string $name, array $parameters = [], array $match = []): array
    {
        $scenario = ['name' => $name, 'parameters' => (object) $parameters, 'match' => (object) $match];

        return $this->call('POST', "scenarios?world={$this->name}", $scenario);
    }

    /** How many requests came that agree with the criteria. */
    public function count(array $criteria = []): int
    {
        return $this->call('GET', 'journal/count?' . http_build_query(['world' => $this->name] + $criteria))['count'];
    }

    public function delete(): void
    {
        $this->call('DELETE', "worlds/{$this->name}");
    }

    private function call(string $method, string $path, array|object|null $body = null): array
    {
        $headers = $this->token === '' ? [] : ["Authorization: Bearer {$this->token}"];
        $http = ['method' => $method, 'ignore_errors' => true, 'timeout' => 30];
        if ($body !== null) {
            $headers[] = 'Content-Type: application/json';
            $http['content'] = json_encode($body, JSON_THROW_ON_ERROR);
        }
        $context = stream_context_create(['http' => $http + ['header' => $headers]]);
        $answer = file_get_contents("{$this->server}/_lrs/{$path}", false, $context);
        if ($answer === false) {
            throw new RuntimeException("{$this->server} cannot be reached");
        }
        $said = $answer === '' ? [] : json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
        if (isset($said['error'])) {
            throw new RuntimeException("{$method} {$path}: {$said['error']}");
        }

        return $said;
    }
}
